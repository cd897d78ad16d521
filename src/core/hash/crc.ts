import type { Hasher } from '../platform.ts';
import { type Distances, fold, worthFolding } from './crc-fold.ts';

/** Continues a CRC over `data`; 0 starts one. */
export type Crc = (data: Uint8Array, previous?: number) => number;

/** Eight tables of 256 entries in one: entry `256 * k + b` is the effect of byte `b` followed by `k` zero bytes. */
function makeTables(polynomial: number): Int32Array {
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

/** Takes `data` into the register, eight bytes a step. */
function look(data: Uint8Array, register: number, t: Int32Array): number {
  const end = data.length;
  let crc = register;
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
  return crc;
}

/** The CRC of a reflected polynomial; long pieces are folded where WebAssembly is available. */
export function makeCrc(polynomial: number, distances: Distances): Crc {
  let tables: Int32Array | undefined;
  return (data, previous = 0) => {
    tables ??= makeTables(polynomial);
    const folded = data.length < worthFolding ? undefined : fold(data, ~previous, distances);
    return ~(folded ? look(folded, 0, tables) : look(data, ~previous, tables)) >>> 0;
  };
}

/** An incremental CRC; the digest is the four bytes in big-endian order, as storage services write it. */
export function crcHasher(continued: Crc): Hasher {
  let crc = 0;
  return {
    update(data) {
      crc = continued(data, crc);
    },
    digest: () => new Uint8Array([crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255]),
  };
}
