import { broken } from '../broken.ts';
import { checkEntry } from './check.ts';
import { readDirectory } from './directory.ts';
import type { ZipEntry } from './headers.ts';

/**
 * Compares the entries that were met in a stream with the directory in `end`, the bytes from `start` on. Throws
 * `TransferError` unless they are the same, with the same sizes and sums, and all of a kind that may be unpacked.
 */
export async function compareDirectory(
  file: string,
  seen: readonly ZipEntry[],
  start: number,
  end: Uint8Array,
): Promise<void> {
  const gone = async (): Promise<Uint8Array> => {
    throw broken(file, 'its directory is broken');
  };
  const { entries } = await readDirectory(file, start + end.length, gone, { tail: end });
  const byOffset = new Map(seen.map((entry) => [entry.offset, entry]));
  for (const entry of entries) {
    checkEntry(file, entry);
    const met = byOffset.get(entry.offset);
    const same =
      met?.name === entry.name &&
      met.method === entry.method &&
      met.size === entry.size &&
      met.packedSize === entry.packedSize &&
      met.crc32 === entry.crc32;
    if (!same) throw broken(file, `its directory and the entry disagree about "${entry.name}"`);
    byOffset.delete(entry.offset);
  }
  const [hidden] = byOffset.values();
  if (hidden) throw broken(file, `"${hidden.name}" is not in its directory`);
}
