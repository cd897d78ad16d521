import type { Hasher } from '../platform.ts';
import { type Crc, crcHasher, makeCrc } from './crc.ts';
import { castagnoli, combineCrc } from './crc-combine.ts';

/** Continues a CRC-32C over `data`; start with 0. */
export const crc32c: Crc = /* @__PURE__ */ makeCrc(castagnoli, [767, 2524, 5275]);

/** The CRC-32C of two parts in sequence. `secondLength` is the length of the second in bytes, and can exceed 2^32. */
export function combineCrc32c(first: number, second: number, secondLength: number): number {
  return combineCrc(first, second, secondLength, castagnoli);
}

/** An incremental CRC-32C that continues `crc`; the digest is the four bytes in big-endian order, as storage services write it. */
export function createCrc32c(crc?: number): Hasher {
  return crcHasher(crc32c, crc);
}
