import { flagBits, signatures, stored } from './fields.ts';

/** A stored entry, as it is written. */
export interface StoredEntry {
  /** In UTF-8. */
  readonly name: Uint8Array;
  readonly size: number;
  readonly lastModified: Date | undefined;
  /** Where its local header starts. */
  readonly offset: number;
}

const all32 = 0xffffffff;
const all16 = 0xffff;

/** Entries of this size or offset, and above, need ZIP64. */
const isWide = (value: number): boolean => value >= all32;

/** The bytes of a record of numbers of 2, 4 or 8 bytes each, little-endian. */
function record(...fields: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return bytes;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** MS-DOS date and time in UTC: days in the upper half, pairs of seconds in the lower. 1980 if there is none. */
function dosTime(time: Date | undefined): number {
  const date = new Date(Math.min(Math.max(time?.getTime() ?? 0, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31)));
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const clock = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return day * 65_536 + clock;
}

/** Seconds since 1970 in UTC, for readers that know this field; MS-DOS times have no time zone. */
function unixTime(time: Date | undefined): Uint8Array {
  if (!time) return new Uint8Array(0);
  const seconds = Math.floor(time.getTime() / 1000);
  if (seconds < -(2 ** 31) || seconds >= 2 ** 31) return new Uint8Array(0);
  // Identifier, length of 5 bytes, modification time only.
  return join(record([2, 0x5455], [2, 5]), Uint8Array.of(1), record([4, seconds >>> 0]));
}

const version = (wide: boolean): number => (wide ? 45 : 20);

/** Length of the local header that `localHeader` writes, which is known before the CRC-32. */
export function localLength({ name, size, lastModified }: Omit<StoredEntry, 'offset'>): number {
  return 30 + name.length + (isWide(size) ? 20 : 0) + unixTime(lastModified).length;
}

export function localHeader({ name, size, lastModified }: StoredEntry, crc: number): Uint8Array {
  const wide = isWide(size);
  const extra = join(wide ? record([2, 1], [2, 16], [8, size], [8, size]) : new Uint8Array(0), unixTime(lastModified));
  const short = wide ? all32 : size;
  const head = record([4, signatures.local], [2, version(wide)], [2, flagBits.utf8], [2, stored]);
  const sizes = record([4, dosTime(lastModified)], [4, crc], [4, short], [4, short], [2, name.length]);
  return join(head, sizes, record([2, extra.length]), name, extra);
}

/** Length of the directory entry that `centralHeader` writes. */
export function centralLength({ name, size, offset, lastModified }: StoredEntry): number {
  const values = (isWide(size) ? 2 : 0) + (isWide(offset) ? 1 : 0);
  return 46 + name.length + (values ? 4 + 8 * values : 0) + unixTime(lastModified).length;
}

/** The directory entry: a regular file that everyone may read and its owner may write. */
export function centralHeader({ name, size, offset, lastModified }: StoredEntry, crc: number): Uint8Array {
  const [wideSize, wideOffset] = [isWide(size), isWide(offset)];
  const values = [...(wideSize ? [size, size] : []), ...(wideOffset ? [offset] : [])];
  const zip64 = values.length > 0 && [
    record([2, 1], [2, 8 * values.length], ...values.map((value) => [8, value] as const)),
  ];
  const extra = join(...(zip64 || []), unixTime(lastModified));
  const short = wideSize ? all32 : size;
  const needed = version(values.length > 0);
  return join(
    // "Made on Unix", because Unix file modes follow.
    record([4, signatures.central], [2, 3 * 256 + 45], [2, needed], [2, flagBits.utf8], [2, stored]),
    record([4, dosTime(lastModified)], [4, crc], [4, short], [4, short], [2, name.length], [2, extra.length]),
    record([2, 0], [2, 0], [2, 0], [4, 0o100644 * 65_536], [4, wideOffset ? all32 : offset]),
    name,
    extra,
  );
}

/** The end of an archive of `count` entries, with a directory of `size` bytes at `start`. */
export function endRecords(count: number, start: number, size: number): Uint8Array {
  const wide = count >= all16 || isWide(start) || isWide(size);
  const end64 = wide && [
    record([4, signatures.end64], [8, 44], [2, 3 * 256 + 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count]),
    record([8, size], [8, start]),
    record([4, signatures.locator64], [4, 0], [8, start + size], [4, 1]),
  ];
  const [entries, length, at] = [Math.min(count, all16), Math.min(size, all32), Math.min(start, all32)];
  const end = record([4, signatures.end], [2, 0], [2, 0], [2, entries], [2, entries], [4, length], [4, at], [2, 0]);
  return join(...(end64 || []), end);
}
