import { corruptArchive, unsupportedArchive } from '../archive-error.ts';
import { type ByteCursor, viewOf } from '../byte-cursor.ts';

/** Tar archives consist of blocks of this many bytes. */
const blockSize = 512;

/** The content of a header block. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  readonly lastModified: Date | undefined;
  /** One character: `0` a file, `5` a folder, `1` and `2` links, `x` and `g` pax records, `L` a long GNU name. */
  readonly type: string;
}

const decoder = new TextDecoder();

/** A string that ends with a zero byte, or fills its field. */
function text(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/** A number in octal digits, or in base 256 if the highest bit is set. */
function number(block: Uint8Array, at: number, length: number): number {
  if (block[at]! & 0x80) {
    let value = block[at]! & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + block[at + i]!;
    return value;
  }
  const digits = text(block, at, length).trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/**
 * Parses a header block; `undefined` for a block of zeros, which ends an archive. Throws `TransferError` for an invalid one.
 */
function readTarHeader(file: string, block: Uint8Array): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const checksum = number(block, 148, 8);
  let sum = 8 * 32;
  let signed = 8 * 32;
  const view = viewOf(block);
  for (let at = 0; at < blockSize; at++) {
    if (at >= 148 && at < 156) continue;
    sum += block[at]!;
    signed += view.getInt8(at);
  }
  // Some old programs sum signed bytes.
  if (checksum !== sum && checksum !== signed)
    throw corruptArchive(file, 'it is not a tar archive, or a header is corrupted');
  const size = number(block, 124, 12);
  if (!Number.isSafeInteger(size)) throw corruptArchive(file, 'a header has an invalid size');
  const seconds = number(block, 136, 12);
  const prefix = text(block, 257, 6).startsWith('ustar') ? text(block, 345, 155) : '';
  // GNU uses the place of the prefix for other fields.
  const gnu = text(block, 257, 8).startsWith('ustar ');
  const name = text(block, 0, 100);
  return {
    name: prefix && !gnu ? `${prefix}/${name}` : name,
    size,
    lastModified: Number.isSafeInteger(seconds) ? new Date(seconds * 1000) : undefined,
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156]!),
  };
}

/** The records of a pax header: `length key=value\n`; the length is that of the whole record, in bytes. */
function readPax(file: string, bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length && bytes[at] !== 0; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(decoder.decode(bytes.subarray(at, Math.max(at, space))));
    const record = space < 0 ? '' : decoder.decode(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    if (!Number.isSafeInteger(length) || length < 5 || at + length > bytes.length || equals < 0) {
      throw corruptArchive(file, 'a header is corrupted');
    }
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

/** A header with the values of the pax records before it. */
function withPax(file: string, header: TarHeader, pax: ReadonlyMap<string, string>): TarHeader {
  const size = pax.has('size') ? Number(pax.get('size')) : header.size;
  if (!Number.isSafeInteger(size) || size < 0) throw corruptArchive(file, 'a header has an invalid size');
  // The content of a sparse file is a map and its non-zero parts, under an artificial name.
  if ([...pax.keys()].some((key) => key.startsWith('GNU.sparse.'))) {
    throw unsupportedArchive(
      file,
      `"${pax.get('GNU.sparse.name') ?? header.name}" is a sparse file, which is not supported`,
    );
  }
  const seconds = Number(pax.get('mtime') ?? Number.NaN);
  return {
    ...header,
    name: pax.get('path') ?? header.name,
    size,
    lastModified: Number.isFinite(seconds) ? new Date(Math.round(seconds * 1000)) : header.lastModified,
  };
}

/** Header records are held in memory: no path is longer than this. */
const largestRecord = 2 ** 20;

/**
 * The next header, after skipping records before it; `undefined` at the end. Only blocks of zeros at the end tell a complete
 * archive from one that was truncated between two entries, unless it is `proven` otherwise.
 */
export async function nextHeader(
  file: string,
  cursor: ByteCursor,
  global: Map<string, string>,
  proven: boolean,
): Promise<TarHeader | undefined> {
  let pax = new Map(global);
  for (;;) {
    const block = await cursor.take(blockSize);
    if (block.length === 0 && proven && cursor.position > 0) return undefined;
    if (block.length === 0)
      throw corruptArchive(file, cursor.position > 0 ? 'the archive is truncated' : 'the archive is empty');
    if (block.length < blockSize) throw corruptArchive(file, 'the archive is truncated in the middle of a header');
    const header = readTarHeader(file, block);
    if (!header) return undefined;
    if (!'xgLK'.includes(header.type)) return withPax(file, header, pax);
    if (header.size > largestRecord) throw corruptArchive(file, 'a header is too long');
    const record = await cursor.take(header.size);
    await skipPadding(cursor, header.size);
    if (record.length < header.size) throw corruptArchive(file, 'the archive is truncated in the middle of a header');
    if (header.type === 'L') pax.set('path', new TextDecoder().decode(record).replace(/\0.*$/s, ''));
    if (header.type === 'x') pax = new Map([...pax, ...readPax(file, record)]);
    if (header.type === 'g') for (const [key, value] of readPax(file, record)) global.set(key, value);
  }
}

/** Bytes after the content of a file, up to the next block. */
export const paddingOf = (size: number): number => (blockSize - (size % blockSize)) % blockSize;
export const skipPadding = (cursor: ByteCursor, size: number): Promise<void> => cursor.skip(paddingOf(size));
