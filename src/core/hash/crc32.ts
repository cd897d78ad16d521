import type { Hasher } from '../platform.ts';
import { type Crc, crcHasher, makeCrc } from './crc.ts';
import { ieee } from './crc-combine.ts';

/** Continues a CRC-32, that of zip and gzip, over `data`; start with 0. */
export const crc32: Crc = /* @__PURE__ */ makeCrc(ieee, [1927, 2181, 4018]);

/** An incremental CRC-32; the digest is the four bytes in big-endian order (zip files have them in the other one). */
export function createCrc32(): Hasher {
  return crcHasher(crc32);
}
