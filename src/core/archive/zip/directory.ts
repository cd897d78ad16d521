import { archiveError, corruptArchive, unsupportedArchive } from '../archive-error.ts';
import { viewOf } from '../byte-cursor.ts';
import { signatures, uint64 } from './fields.ts';
import { readCentral, type ZipEntry } from './headers.ts';

/** Reads all bytes of an archive from `start` (inclusive) to `end` (exclusive). */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

export interface ZipDirectory {
  /** In the order of the directory. */
  readonly entries: readonly ZipEntry[];
  /** Where the directory starts, which is the end of all entries. */
  readonly start: number;
}

/** Size of the longest comment, the end record, and the ZIP64 records before it. */
const tailSize = 65_535 + 22 + 20 + 56;
/** Largest directory that is held in memory, in bytes: a million entries need less. */
export const largestDirectory: number = 256 * 2 ** 20;

interface End {
  entries: number;
  size: number;
  start: number;
  /** Where the records after the directory start. */
  at: number;
}

/** The last end record that ends where the archive ends. */
function findEnd(file: string, tail: Uint8Array): number {
  const view = viewOf(tail);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== signatures.end) continue;
    if (at + 22 + view.getUint16(at + 20, true) === tail.length) return at;
  }
  throw corruptArchive(file, 'it is not a zip archive, or it is truncated');
}

/** Reads the end record, and that of ZIP64. `from` is where the tail starts in the archive. */
async function readEnd(file: string, tail: Uint8Array, from: number, read: ReadRange): Promise<End> {
  const at = findEnd(file, tail);
  const view = viewOf(tail);
  const [disk, first, here, entries] = [4, 6, 8, 10].map((field) => view.getUint16(at + field, true)) as number[];
  const [size, start] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  const wide = at >= 20 && view.getUint32(at - 20, true) === signatures.locator64;
  if (!wide) {
    if (disk !== 0 || first !== 0 || here !== entries)
      throw unsupportedArchive(file, 'multi-volume archives are not supported');
    return { entries: entries!, size, start, at: from + at };
  }
  const at64 = uint64(view, at - 20 + 8);
  if (at64 + 56 > from + at - 20) throw corruptArchive(file, 'the ZIP64 end record is missing');
  const record = at64 >= from ? tail.subarray(at64 - from, at64 - from + 56) : await read(at64, at64 + 56);
  const view64 = viewOf(record);
  if (view64.getUint32(0, true) !== signatures.end64) throw corruptArchive(file, 'the ZIP64 end record is missing');
  if (view64.getUint32(16, true) !== 0 || view64.getUint32(20, true) !== 0) {
    throw unsupportedArchive(file, 'multi-volume archives are not supported');
  }
  return { entries: uint64(view64, 32), size: uint64(view64, 40), start: uint64(view64, 48), at: at64 };
}

/** Parses a directory. Throws `TransferError` unless it has exactly `count` entries. */
function readEntries(file: string, bytes: Uint8Array, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    const { entry, next } = readCentral(file, bytes, at);
    entries.push(entry);
    at = next;
  }
  if (at < bytes.length && viewOf(bytes).getUint32(at, true) === signatures.central) {
    throw corruptArchive(file, 'the central directory has more entries than the end record says');
  }
  return entries;
}

/**
 * Reads the directory of the archive called `file`, which has `size` bytes. `tail` are its last bytes, if known. Checks only the format:
 * see `checkEntries`.
 */
export async function readDirectory(
  file: string,
  size: number,
  read: ReadRange,
  options: { tail?: Uint8Array; maxEntries?: number } = {},
): Promise<ZipDirectory> {
  const wanted = Math.min(size, tailSize);
  if (size < 22) throw corruptArchive(file, 'it is not a zip archive, or it is truncated');
  const tail = options.tail ?? (await read(size - wanted, size));
  const from = size - tail.length;
  const end = await readEnd(file, tail, from, read);
  if (end.entries > (options.maxEntries ?? Number.POSITIVE_INFINITY)) {
    const why = `the archive has ${end.entries} entries, expected at most ${options.maxEntries}`;
    throw archiveError(file, `${why}; if you trust it, raise limits.maxEntries`);
  }
  if (end.size > largestDirectory || end.start + end.size > end.at || end.size < end.entries * 46) {
    throw corruptArchive(file, 'the central directory is corrupted');
  }
  // Data before the archive, such as a self-extractor, shifts all offsets by an unknown amount.
  if (end.start + end.size !== end.at)
    throw corruptArchive(file, 'there is unexpected data before the archive or in the central directory');
  const bytes =
    end.start >= from
      ? tail.subarray(end.start - from, end.start - from + end.size)
      : await readBefore(end.start, end.start + end.size, tail, from, read);
  return { entries: readEntries(file, bytes, end.entries), start: end.start };
}

/** Reads what is not in the tail, and appends the rest from it. */
async function readBefore(
  start: number,
  end: number,
  tail: Uint8Array,
  from: number,
  read: ReadRange,
): Promise<Uint8Array> {
  const head = await read(start, Math.min(end, from));
  if (end <= from) return head;
  const whole = new Uint8Array(end - start);
  whole.set(head);
  whole.set(tail.subarray(0, end - from), head.length);
  return whole;
}
