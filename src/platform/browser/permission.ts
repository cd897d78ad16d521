import { errorCode } from '../../core/bytes/file-error.ts';
import { TransferError } from '../../core/errors.ts';

/** Methods of handles in Chromium. In other browsers, handles that a page has are readable. */
interface PermissionHandle {
  readonly name: string;
  queryPermission?(of: { mode: 'read' }): Promise<PermissionState>;
  requestPermission?(of: { mode: 'read' }): Promise<PermissionState>;
}

/** Whether the page may read the file or folder without asking the user. */
export async function isReadable(handle: PermissionHandle): Promise<boolean> {
  return ((await handle.queryPermission?.({ mode: 'read' })) ?? 'granted') === 'granted';
}

/** Asks the user for permission to read the files and folders for which the page has none. Throws `TransferError` if it is refused. */
export async function askToRead(handles: Iterable<PermissionHandle>): Promise<void> {
  // All at once: the browser allows asking only for a short time after a click.
  await Promise.all(
    [...handles].map(async (handle) => {
      if (await isReadable(handle)) return;
      const state = await handle.requestPermission!({ mode: 'read' }).catch((error: unknown) => {
        if (errorCode(error) !== 'SecurityError') throw error;
        const why = 'the browser asks for permission only after a click; call this in a click handler';
        throw new TransferError(`cannot read "${handle.name}": ${why}`, { file: handle.name, cause: error });
      });
      if (state === 'granted') return;
      const why = 'permission denied; allow it, or choose the file again';
      throw new TransferError(`cannot read "${handle.name}": ${why}`, { file: handle.name });
    }),
  );
}
