import type { Hasher } from '../platform.ts';
import { type Distances, fold, worthFolding } from './crc-fold.ts';

/** Continues a CRC over `data`; 0 starts one. */
export type Crc = (data: Uint8Array, previous?: number) => number;

/** Sixteen tables of 256 entries in one: entry `256 * k + b` is the effect of byte `b` followed by `k` zero bytes. */
function makeTables(polynomial: number): Int32Array {
  const table = new Int32Array(16 * 256);
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

/** Updates the register with `data`, 16 bytes per step: four word reads and independent table lookups. */
function update(data: Uint8Array, register: number, t: Int32Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const end = data.length;
  let crc = register;
  let at = 0;
  for (const whole = end - 15; at < whole; at += 16) {
    const a = crc ^ view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    crc =
      t[3840 + (a & 255)]! ^
      t[3584 + ((a >>> 8) & 255)]! ^
      t[3328 + ((a >>> 16) & 255)]! ^
      t[3072 + (a >>> 24)]! ^
      t[2816 + (b & 255)]! ^
      t[2560 + ((b >>> 8) & 255)]! ^
      t[2304 + ((b >>> 16) & 255)]! ^
      t[2048 + (b >>> 24)]! ^
      t[1792 + (c & 255)]! ^
      t[1536 + ((c >>> 8) & 255)]! ^
      t[1280 + ((c >>> 16) & 255)]! ^
      t[1024 + (c >>> 24)]! ^
      t[768 + (d & 255)]! ^
      t[512 + ((d >>> 8) & 255)]! ^
      t[256 + ((d >>> 16) & 255)]! ^
      t[d >>> 24]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t[(crc ^ data[at]!) & 255]!;
  return crc;
}

/** Creates the CRC function of a reflected polynomial. Long data is folded if WebAssembly is available. */
export function makeCrc(polynomial: number, distances: Distances): Crc {
  let tables: Int32Array | undefined;
  return (data, previous = 0) => {
    tables ??= makeTables(polynomial);
    const folded = data.length < worthFolding ? undefined : fold(data, ~previous, distances);
    return ~(folded ? update(folded, 0, tables) : update(data, ~previous, tables)) >>> 0;
  };
}

/** Creates an incremental CRC that continues `crc`. The digest has four bytes in big-endian order, as storage services use it. */
export function crcHasher(continued: Crc, crc = 0): Hasher {
  return {
    update(data) {
      crc = continued(data, crc);
    },
    digest: () => new Uint8Array([crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255]),
  };
}
