import { type Crc, makeCrc } from './crc.ts';
import { ieee } from './crc-combine.ts';

/** Continues a CRC-32, that of zip and gzip, over `data`; start with 0. */
export const crc32: Crc = /* @__PURE__ */ makeCrc(ieee, [1927, 2181, 4018]);
