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

/** Bytes of the end of an archive that are asked for first: the directory of some two thousand entries is in them. */
const tailSize = 256 * 1024;
/** How often an archive that changes on the way is started again. */
const restarts = 2;

/** A folder in which every name is another one. */
function renamed(folder: OpenFolder, rename: (name: string) => string): OpenFolder {
  const { path } = folder;
  return {
    ...folder,
    sink: (name) => folder.sink(rename(name)),
    ...(path && { path: (name: string) => path(rename(name)) }),
  };
}

/**
 * Downloads a zip archive and unpacks it on the way into `folder`; the archive itself is never stored. Where the
 * storage sends parts, the directory is read first, and every name, kind and size in it is checked before anything is
 * written; after an interruption, also one that ended the process, files that are there with the right CRC-32 are kept
 * and only what is missing is fetched. Where it does not, the archive is unpacked as it comes, and its directory is
 * compared at the end. Files appear under their final name when they are whole and checked.
 *
 * Throws `ValidationError` (names that lead out of the folder, or are the same on some system), `IntegrityError`
 * (damaged), `TransferError` (no zip archive, encrypted, symbolic links, an unknown method, the limits, given up), and
 * what `from` throws. An abort rejects at once with the signal's reason.
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
  for (let remaining = restarts; ; remaining--) {
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
