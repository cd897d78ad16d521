import { crc32 } from '../../hash/crc32.ts';
import type { FileSystem } from '../../platform.ts';
import type { OpenFolder } from '../../transfer/folder.ts';
import { pool } from '../../transfer/pool.ts';
import { readStream } from '../../transfer/streams.ts';
import { plainName } from './check.ts';
import type { ZipEntry } from './headers.ts';

/** Whether the file at `path` has the bytes that the archive would put there. */
async function isThere(fs: FileSystem, path: string, entry: ZipEntry, signal: AbortSignal): Promise<boolean> {
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
 * Which of the files are in the folder already, with the right size and CRC-32: what a call before this one, or one
 * that was killed, has left. Empty where the target is not a folder of the file system.
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
  const there = await pool(
    files,
    concurrency,
    (entry, _index, stop) => isThere(fs, path(plainName(entry)), entry, stop),
    signal,
  );
  return new Set(files.filter((_, index) => there[index]));
}
