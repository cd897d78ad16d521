import { crc32 } from '../../hash/crc32.ts';
import type { FileSystem } from '../../platform.ts';
import type { OpenFolder } from '../../transfer/folder.ts';
import { pool } from '../../transfer/pool.ts';
import { readStream } from '../../transfer/streams.ts';
import { plainName } from './check.ts';
import type { ZipEntry } from './headers.ts';

/** Whether the file at `path` has the bytes of the entry. */
async function isPresent(fs: FileSystem, path: string, entry: ZipEntry, signal: AbortSignal): Promise<boolean> {
  const found = await fs.stat(path).catch(() => undefined);
  if (found?.kind !== 'file' || found.size !== entry.size) return false;
  let source: Awaited<ReturnType<FileSystem['source']>> | undefined;
  try {
    source = await fs.source(path);
    let crc = 0;
    const take = (chunk: Uint8Array) => {
      crc = crc32(chunk, crc);
    };
    await readStream(await source.slice(0, source.size), take, signal);
    return crc === entry.crc32;
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    await source?.close?.();
  }
}

/**
 * Files that exist in the folder with the right size and CRC-32, from an earlier call or a killed process. Empty if the target is not in
 * the file system.
 */
export async function presentFiles(
  fs: FileSystem | undefined,
  folder: OpenFolder,
  files: readonly ZipEntry[],
  concurrency: number,
  signal: AbortSignal,
): Promise<Set<ZipEntry>> {
  const { path } = folder;
  if (!fs || !path) return new Set();
  const present = await pool(
    files,
    concurrency,
    (entry, _index, stop) => isPresent(fs, path(plainName(entry)), entry, stop),
    signal,
  );
  return new Set(files.filter((_, index) => present[index]));
}
