import { errorCode, fileError } from '../../core/bytes/file-error.ts';
import type { ByteSink, FolderSink } from '../../core/platform.ts';
import { baseName } from '../common/posix-path.ts';
import { writeError } from './storage-space.ts';

/**
 * Returns a folder that the user chose, or one of the origin private file system, as the target of downloads.
 *
 * @param handle - A handle with write permission: `await showDirectoryPicker({ mode: 'readwrite' })`.
 * @example
 * ```ts
 * import { createClient, directoryFolder } from 'kaggle-ts/browser';
 * import { output } from 'kaggle-ts/kernels';
 *
 * const folder = await navigator.storage.getDirectory();
 * await output(createClient({ endpoint: '/kaggle', credential: 'proxy' }), 'alice/my-job', directoryFolder(folder));
 * ```
 */
export function directoryFolder(handle: FileSystemDirectoryHandle): FolderSink {
  return { sink: (path) => handleSink(handle, path) };
}

/** Resolves to the folder at `path` below `root`; creates it and its parents if `create`. Throws the browser's errors. */
export async function folderAt(
  root: FileSystemDirectoryHandle,
  path: string,
  create: boolean,
): Promise<FileSystemDirectoryHandle> {
  let folder = root;
  for (const segment of path.split('/')) {
    if (segment !== '' && segment !== '.') folder = await folder.getDirectoryHandle(segment, { create });
  }
  return folder;
}

/** Whether files can be written outside of workers; not in Safari before version 26. */
export function canWriteHere(): boolean {
  return 'createWritable' in FileSystemFileHandle.prototype;
}

/** The path without its last segment. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/**
 * Opens a file below `root` for writing. The browser writes to a temporary file and swaps it in on `commit`. A new file exists,
 * empty, until then; `abort` removes it.
 */
export async function handleSink(root: FileSystemDirectoryHandle, path: string): Promise<ByteSink> {
  const name = baseName(path);
  let isNew = false;
  let folder: FileSystemDirectoryHandle;
  let stream: FileSystemWritableFileStream | undefined;
  if (!canWriteHere())
    throw fileError('write', path, 'this browser writes files only in a worker; pass opfs(path, { worker })');
  try {
    folder = await folderAt(root, parentOf(path), true);
    const file = await folder.getFileHandle(name).catch((error: unknown) => {
      if (errorCode(error) === 'TypeMismatchError') throw fileError('write', path, { code: 'EISDIR' });
      if (errorCode(error) !== 'NotFoundError') throw error;
      isNew = true;
      return folder.getFileHandle(name, { create: true });
    });
    stream = await file.createWritable();
  } catch (error) {
    throw await writeError(path, error);
  }

  async function abort(reason?: unknown): Promise<void> {
    const opened = stream;
    stream = undefined;
    if (!opened) return;
    await opened.abort(reason).catch(() => undefined);
    if (isNew) await folder.removeEntry(name).catch(() => undefined);
  }

  return {
    // The browser copies the data, and fills gaps with zeros until they are written.
    positional: true,
    async write(data, position) {
      if (!stream) throw fileError('write', path, 'it is already closed');
      try {
        await stream.write({ type: 'write', position, data: data as Uint8Array<ArrayBuffer> });
      } catch (error) {
        throw await writeError(path, error);
      }
    },
    async commit() {
      if (!stream) throw fileError('write', path, 'it is already closed');
      try {
        await stream.close();
        stream = undefined;
      } catch (error) {
        await abort(error);
        throw await writeError(path, error);
      }
    },
    abort,
  };
}
