import type { KaggleClient } from '../rpc/client.ts';
import { type Folder, type OpenFolder, openFolder } from '../transfer/folder.ts';
import { startProgress } from '../transfer/progress.ts';
import type { DownloadFrom } from '../transfer/ranged/address.ts';
import { ObjectChangedError } from '../transfer/remote/range-reader.ts';
import { openRemoteObject } from '../transfer/remote/remote-object.ts';
import { joinSignals } from '../transfer/streams.ts';
import type { UnpackedFile, UnpackOptions } from './types.ts';
import { unpackRanged } from './zip/unpack-ranged.ts';
import { CutOffError, unpackStream } from './zip/unpack-stream.ts';

/** Bytes fetched first, from the end of the archive. They contain the directory of some two thousand entries. */
const tailSize = 256 * 1024;
/** How often unpacking is restarted if the archive changes on the server. */
const maxRestarts = 2;

/** A folder that renames every file. */
function renamed(folder: OpenFolder, rename: (name: string) => string): OpenFolder {
  const { path } = folder;
  return {
    ...folder,
    sink: (name) => folder.sink(rename(name)),
    ...(path && { path: (name: string) => path(rename(name)) }),
  };
}

/**
 * Downloads a zip archive and unpacks it into `folder` on the way, without storing the archive. Files appear under their final
 * names when they are complete and verified.
 *
 * If the storage supports Range requests, the directory is read and checked before anything is written. After an interruption,
 * also of the process, existing files with the right CRC-32 are kept and only missing ones are fetched. Otherwise the archive is
 * unpacked as a stream, and compared with its directory at the end.
 *
 * @throws `ValidationError` if names are unsafe or conflict.
 * @throws `IntegrityError` if content is corrupted.
 * @throws `TransferError` if it is not a zip archive, is encrypted, contains links, uses an unsupported method, exceeds the
 * limits, or if the transfer fails after all retries.
 * @throws What `from` throws, and the reason of the signal if it is aborted.
 */
export async function unpackZip(
  client: KaggleClient,
  from: DownloadFrom,
  folder: Folder,
  options: UnpackOptions,
): Promise<UnpackedFile[]> {
  const { file } = options;
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  const { rename } = options;
  const opened = openFolder(client, folder);
  const to = { file, platform: client.platform, folder: rename ? renamed(opened, rename) : opened };
  const progress = startProgress(file, 'unpack', options.onProgress);
  const remote = { ...options, signal, onRetry: () => progress.retried() };
  for (let remaining = maxRestarts; ; remaining--) {
    const found = await openRemoteObject(client, from, tailSize, remote);
    try {
      const own = { ...options, signal, progress };
      return found.object
        ? await unpackRanged(to, found.object, found.tail, own)
        : await unpackStream(to, found.whole, own);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ObjectChangedError || error instanceof CutOffError) || remaining === 0) throw error;
      progress.retried();
    }
  }
}
