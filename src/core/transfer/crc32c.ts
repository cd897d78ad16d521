import type { Hasher } from '../platform.ts';
import { combineCrc, castagnoli as polynomial } from './crc-combine.ts';

/** Eight tables of 256 entries in one: entry `256 * k + b` is the effect of byte `b` followed by `k` zero bytes. */
let tables: Int32Array | undefined;

function makeTables(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[byte] = value;
  }
  for (let index = 256; index < table.length; index++) {
    const before = table[index - 256]!;
    table[index] = (before >>> 8) ^ table[before & 255]!;
  }
  return table;
}

/** Continues a CRC-32C over `data`, eight bytes a step; start with 0. */
export function crc32c(data: Uint8Array, previous = 0): number {
  tables ??= makeTables();
  const t = tables;
  const end = data.length;
  let crc = ~previous;
  let at = 0;
  for (const whole = end - 7; at < whole; at += 8) {
    const low = crc ^ (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24));
    crc =
      t[1792 + (low & 255)]! ^
      t[1536 + ((low >>> 8) & 255)]! ^
      t[1280 + ((low >>> 16) & 255)]! ^
      t[1024 + (low >>> 24)]! ^
      t[768 + data[at + 4]!]! ^
      t[512 + data[at + 5]!]! ^
      t[256 + data[at + 6]!]! ^
      t[data[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t[(crc ^ data[at]!) & 255]!;
  return ~crc >>> 0;
}

/** The CRC-32C of two pieces, one after the other; `secondLength` is the second's, in bytes, and may go beyond 2^32. */
export function combineCrc32c(first: number, second: number, secondLength: number): number {
  return combineCrc(first, second, secondLength, polynomial);
}

/** An incremental CRC-32C; the digest is the four bytes in big-endian order, as storage services write it. */
export function createCrc32c(): Hasher {
  let crc = 0;
  return {
    update(data) {
      crc = crc32c(data, crc);
    },
    digest() {
      return new Uint8Array([crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255]);
    },
  };
}
