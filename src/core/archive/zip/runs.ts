import type { ZipEntry } from './headers.ts';

/** Entries that are fetched with one request: from byte `start` to `end`, which lies behind the last one. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly entries: readonly ZipEntry[];
}

/** Bytes that are rather read in vain than skipped with another request. */
const smallGap = 512 * 1024;

/**
 * Which parts of the archive have to be fetched for the entries that are wanted. `all` are those of the whole archive,
 * which tell where an entry must have ended; `end` is where the directory begins. Empty files need no bytes.
 */
export function planRuns(all: readonly ZipEntry[], wanted: ReadonlySet<ZipEntry>, end: number): Run[] {
  const sorted = all.toSorted((a, b) => a.offset - b.offset);
  const runs: { start: number; end: number; entries: ZipEntry[] }[] = [];
  for (const [index, entry] of sorted.entries()) {
    if (!wanted.has(entry) || entry.size === 0) continue;
    const limit = sorted[index + 1]?.offset ?? end;
    const last = runs.at(-1);
    if (last && entry.offset - last.end <= smallGap) {
      last.entries.push(entry);
      last.end = limit;
    } else runs.push({ start: entry.offset, end: limit, entries: [entry] });
  }
  return runs;
}
