import { broken } from '../broken.ts';
import { viewOf } from '../byte-cursor.ts';
import { signatures, uint64 } from './fields.ts';
import { readCentral, type ZipEntry } from './headers.ts';

/** Reads bytes from `start` (inclusive) to `end` (exclusive) of an archive, all of them. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

export interface ZipDirectory {
  /** In the order of the directory. */
  readonly entries: readonly ZipEntry[];
  /** Where the directory begins: the end of all entries. */
  readonly start: number;
}

/** The longest comment, the end record, and the ZIP64 records before it: what the tail of an archive must hold. */
const tailSize = 65_535 + 22 + 20 + 56;
/** How much of a directory is held in memory: a million entries take less. */
export const largestDirectory: number = 256 * 2 ** 20;

interface End {
  entries: number;
  size: number;
  start: number;
  /** Where the records after the directory begin. */
  at: number;
}

/** The last end record that ends where the archive ends. */
function findEnd(file: string, tail: Uint8Array): number {
  const view = viewOf(tail);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== signatures.end) continue;
    if (at + 22 + view.getUint16(at + 20, true) === tail.length) return at;
  }
  throw broken(file, 'it is not a zip archive, or it is truncated');
}

/** What the end record (and that of ZIP64) says. `from` is where the tail begins in the archive. */
async function readEnd(file: string, tail: Uint8Array, from: number, read: ReadRange): Promise<End> {
  const at = findEnd(file, tail);
  const view = viewOf(tail);
  const [disk, first, here, entries] = [4, 6, 8, 10].map((field) => view.getUint16(at + field, true)) as number[];
  const [size, start] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  const wide = at >= 20 && view.getUint32(at - 20, true) === signatures.locator64;
  if (!wide) {
    if (disk !== 0 || first !== 0 || here !== entries) throw broken(file, 'multi-volume archives are not supported');
    return { entries: entries!, size, start, at: from + at };
  }
  const at64 = uint64(view, at - 20 + 8);
  if (at64 + 56 > from + at - 20) throw broken(file, 'the ZIP64 end record is missing');
  const record = at64 >= from ? tail.subarray(at64 - from, at64 - from + 56) : await read(at64, at64 + 56);
  const view64 = viewOf(record);
  if (view64.getUint32(0, true) !== signatures.end64) throw broken(file, 'the ZIP64 end record is missing');
  if (view64.getUint32(16, true) !== 0 || view64.getUint32(20, true) !== 0) {
    throw broken(file, 'multi-volume archives are not supported');
  }
  return { entries: uint64(view64, 32), size: uint64(view64, 40), start: uint64(view64, 48), at: at64 };
}

/** Parses the bytes of a directory. Throws `TransferError` unless it holds just `count` entries. */
function readEntries(file: string, bytes: Uint8Array, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    const { entry, next } = readCentral(file, bytes, at);
    entries.push(entry);
    at = next;
  }
  if (at < bytes.length && viewOf(bytes).getUint32(at, true) === signatures.central) {
    throw broken(file, 'the central directory has more entries than the end record says');
  }
  return entries;
}

/**
 * Reads the directory of the archive called `file`, which has `size` bytes. `tail` may bring its last bytes, if they
 * are here already. Nothing is checked but the form: see `checkEntries`.
 */
export async function readDirectory(
  file: string,
  size: number,
  read: ReadRange,
  options: { tail?: Uint8Array; maxEntries?: number } = {},
): Promise<ZipDirectory> {
  const wanted = Math.min(size, tailSize);
  if (size < 22) throw broken(file, 'it is not a zip archive, or it is truncated');
  const tail = options.tail ?? (await read(size - wanted, size));
  const from = size - tail.length;
  const end = await readEnd(file, tail, from, read);
  if (end.entries > (options.maxEntries ?? Number.POSITIVE_INFINITY)) {
    const why = `the archive has ${end.entries} entries, expected at most ${options.maxEntries}`;
    throw broken(file, `${why}; if you trust it, raise limits.maxEntries`);
  }
  if (end.size > largestDirectory || end.start + end.size > end.at || end.size < end.entries * 46) {
    throw broken(file, 'the central directory is corrupted');
  }
  // Offsets that are too small by what stands before the archive (a program that unpacks it) would need a guess.
  if (end.start + end.size !== end.at)
    throw broken(file, 'there is unexpected data before the archive or in the central directory');
  const bytes =
    end.start >= from
      ? tail.subarray(end.start - from, end.start - from + end.size)
      : await readBefore(end.start, end.start + end.size, tail, from, read);
  return { entries: readEntries(file, bytes, end.entries), start: end.start };
}

/** What is not in the tail is read, the rest is there. */
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
