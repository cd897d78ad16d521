import { type ArchiveEntry, remoteZip } from '../../../core/archive/zip/remote-zip.ts';
import { bytesSource } from '../../../core/bytes/sources.ts';
import { TransferError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { defaultCacheSize, type OpenRemoteOptions, type RemoteFile } from '../../../core/transfer/remote/remote.ts';

/** Kaggle zips some single files, such as large texts, into an archive of their own. */
const isPackedName = (name: string): boolean => /\.zip$/i.test(name);

/** Whether the response is an archive although the requested file is not. */
export function isPackedResponse(file: string, { url, headers }: Response): boolean {
  if (isPackedName(file)) return false;
  const disposition = headers.get('content-disposition') ?? '';
  return isPackedName(url ? new URL(url).pathname : '') || /filename\*?=[^;]*\.zip"?\s*(;|$)/i.test(disposition);
}

/** Whether an entry of such an archive is the file: it has its path or its base name. */
export function isPackedEntry(file: string, entry: string): boolean {
  return entry === file || entry === file.slice(file.lastIndexOf('/') + 1);
}

/** Whether the last bytes are those of a zip archive without a comment. */
async function endsLikeArchive(source: RemoteFile): Promise<boolean> {
  const [p, k, five, six] = source.size < 22 ? [] : await source.readRange(source.size - 22, source.size);
  return p === 0x50 && k === 0x4b && five === 5 && six === 6;
}

/** Wraps bytes in memory as a remote file. */
function inMemory(bytes: Uint8Array, file: string, origin: RemoteFile): RemoteFile {
  const { size, lastModified, slice } = bytesSource(bytes, file, origin.lastModified);
  const readRange = async (start: number, end: number) => bytes.slice(Math.max(0, start), Math.max(0, start, end));
  return {
    size,
    ...(lastModified && { lastModified }),
    slice,
    readRange,
    async read(buffer, position) {
      const part = bytes.subarray(position, position + buffer.length);
      buffer.set(part);
      return part.length;
    },
    identity: () => origin.identity(),
    close: () => origin.close(),
  };
}

/**
 * Returns the file itself if the storage has it zipped: unpacked in memory, because compressed data has no random access. Throws
 * `TransferError` if it is larger than `cacheSize`.
 */
export async function unzipped(
  client: KaggleClient,
  source: RemoteFile,
  file: string,
  { cacheSize = defaultCacheSize }: OpenRemoteOptions,
): Promise<RemoteFile> {
  if (isPackedName(file) || !(await endsLikeArchive(source))) return source;
  const archive = await remoteZip(client, source, { file: `${file}.zip` }).catch(() => undefined);
  const [entry, ...others]: readonly (ArchiveEntry | undefined)[] = archive?.entries ?? [];
  if (!archive || !entry || others.length > 0 || !isPackedEntry(file, entry.name)) return source;
  if (entry.size > cacheSize) {
    await source.close();
    throw new TransferError(
      `cannot read "${file}" in parts: Kaggle stores it zipped; download it with { unzip: true }, or raise cacheSize to its ` +
        `size (${entry.size} bytes) to hold it in memory`,
      { file },
    );
  }
  const bytes = await new Response(archive.file(entry.name)).arrayBuffer();
  return inMemory(new Uint8Array(bytes), file, source);
}
