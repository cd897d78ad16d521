import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { base64OfCrc, crc32c } from './crc32c.ts';
import { storedEntry, writeZip, type ZipEntry } from './zip.ts';

/** One object of the storage, as large as wanted and at hand at once. */
export interface StoredObject {
  size: number;
  /** At most `length` bytes from `at` on. */
  read(at: number, length: number): Uint8Array;
  etag: string;
  crc32c: string;
  md5: string;
  /** Of an archive: how much is in it, and the sum of the CRC-32 of its files, modulo 2^32. */
  content?: { files: number; bytes: number; crcSum: number };
}

/** Random bytes that large objects repeat; a length that no block of anything divides. */
const pattern = new Uint8Array((32 << 20) + 4099);
let seed = 0x2545f491;
const words = new Uint32Array(pattern.buffer, 0, pattern.length >>> 2);
for (let index = 0; index < words.length; index++) {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  words[index] = seed;
}

function repeated(size: number, offset: number): StoredObject['read'] {
  return (at, length) => {
    const from = (offset + at) % pattern.length;
    return pattern.subarray(from, from + Math.min(length, size - at, pattern.length - from));
  };
}

function bytes(size: number, offset: number): Uint8Array {
  const read = repeated(size, offset);
  const whole = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const piece = read(at, size - at);
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function csv(size: number, from: number): Uint8Array {
  const lines: string[] = [];
  let at = from;
  const next = () => words[at++ % words.length]!;
  for (let length = 0, row = 0; length < size; row++) {
    const day = String(1 + (row % 28)).padStart(2, '0');
    const line = `${row},2026-01-${day},cat_${next() % 40},${(next() / 2 ** 32).toFixed(6)},${((next() % 40000) / 100 - 200).toFixed(4)}\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join('').slice(0, size));
}

/** About `size` bytes: as many deflated CSV files as wanted, of sixteen contents. */
function csvArchive(size: number, count: number): ZipEntry[] {
  const probe = deflateRawSync(csv(1 << 20, 1)).length / (1 << 20);
  const each = Math.round(size / count / probe);
  const contents = Array.from({ length: 16 }, (_, index) => csv(each, index * 100_003));
  const packed = contents.map((content) => ({ stored: deflateRawSync(content), crc: crc32(content) }));
  return Array.from({ length: count }, (_, index): ZipEntry => {
    const name = `part${String(index % 20).padStart(2, '0')}/file${String(index).padStart(5, '0')}.csv`;
    return { name, method: 'deflate', size: each, ...packed[index % 16]! };
  });
}

export function outputName(index: number): string {
  return `out/f${String(index).padStart(5, '0')}.bin`;
}

/** The content of a file that a kernel wrote differs from that of the next. */
const outputOffset = (index: number) => index * 4_001;

function outputArchive(count: number, size: number): ZipEntry[] {
  return Array.from({ length: count }, (_, index) => storedEntry(outputName(index), bytes(size, outputOffset(index))));
}

function withSums(size: number, read: StoredObject['read']): StoredObject {
  const md5 = createHash('md5');
  let crc = 0;
  for (let at = 0; at < size; ) {
    const piece = read(at, 1 << 20);
    md5.update(piece);
    crc = crc32c(piece, crc);
    at += piece.length;
  }
  const digest = md5.digest();
  const etag = `"${digest.toString('hex')}"`;
  return { size, read, etag, crc32c: base64OfCrc(crc), md5: digest.toString('base64') };
}

function archive(entries: readonly ZipEntry[]): StoredObject {
  const zip = writeZip(entries);
  const content = { files: entries.length, bytes: 0, crcSum: 0 };
  for (const { size, crc } of entries) {
    content.bytes += size;
    content.crcSum = (content.crcSum + crc) % 2 ** 32;
  }
  return { ...withSums(zip.length, (at, length) => zip.subarray(at, at + length)), content };
}

const made = new Map<string, StoredObject>();

/**
 * `random/SIZE/...`, `csv/SIZE/ENTRIES/...` (a zip), `output/SIZE/INDEX`, `outputs/COUNT/SIZE/...` (a zip). Made when first
 * asked for, with its checksums, and kept.
 */
export function findObject(path: string): StoredObject | undefined {
  const known = made.get(path);
  if (known) return known;
  const [kind, first, second] = path.split('/');
  const [a, b] = [Number(first), Number(second)];
  let object: StoredObject | undefined;
  if (kind === 'random') object = withSums(a, repeated(a, 0));
  if (kind === 'output') object = withSums(a, repeated(a, outputOffset(b)));
  if (kind === 'csv') object = archive(csvArchive(a, b));
  if (kind === 'outputs') object = archive(outputArchive(a, b));
  if (object) made.set(path, object);
  return object;
}
