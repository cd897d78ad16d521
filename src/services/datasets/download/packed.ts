import { type ArchiveEntry, remoteZip } from '../../../core/archive/zip/remote-zip.ts';
import { bytesSource } from '../../../core/bytes/sources.ts';
import { TransferError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { defaultCacheSize, type OpenRemoteOptions, type RemoteFile } from '../../../core/transfer/remote/remote.ts';

/** Kaggle packs some single files, such as large texts: into a zip archive with nothing else in it. */
const isPackedName = (name: string): boolean => /\.zip$/i.test(name);

/** Whether an answer says that it is an archive, although the file that was asked for is not one. */
export function isPackedAnswer(file: string, { url, headers }: Response): boolean {
  if (isPackedName(file)) return false;
  const disposition = headers.get('content-disposition') ?? '';
  return isPackedName(url ? new URL(url).pathname : '') || /filename\*?=[^;]*\.zip"?\s*(;|$)/i.test(disposition);
}

/** Whether an entry of such an archive is the file: it is called by its path there, or by its base name. */
export function isPacked(file: string, entry: string): boolean {
  return entry === file || entry === file.slice(file.lastIndexOf('/') + 1);
}

/** The bytes that end an archive without a comment. */
async function endsAsArchive(source: RemoteFile): Promise<boolean> {
  const [p, k, five, six] = source.size < 22 ? [] : await source.readRange(source.size - 22, source.size);
  return p === 0x50 && k === 0x4b && five === 5 && six === 6;
}

/** Bytes in memory as a file on the storage. */
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
 * The file itself where the storage has it in an archive of its own: unpacked in memory, as parts of what is packed cannot
 * be read. Throws `TransferError` when it is larger than `cacheSize`.
 */
export async function withoutPacking(
  client: KaggleClient,
  source: RemoteFile,
  file: string,
  { cacheSize = defaultCacheSize }: OpenRemoteOptions,
): Promise<RemoteFile> {
  if (isPackedName(file) || !(await endsAsArchive(source))) return source;
  const archive = await remoteZip(client, source, { file: `${file}.zip` }).catch(() => undefined);
  const [entry, ...others]: readonly (ArchiveEntry | undefined)[] = archive?.entries ?? [];
  if (!archive || !entry || others.length > 0 || !isPacked(file, entry.name)) return source;
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
