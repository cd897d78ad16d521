import type { ByteCursor } from '../byte-cursor.ts';
import { viewOf } from '../byte-cursor.ts';
import { signatures, uint64 } from './fields.ts';

/** Sizes and checksum after the data of an entry, if they were unknown when its header was written. */
export interface Descriptor {
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  /** Bytes of the descriptor itself: with or without a signature, with sizes of 32 or 64 bits. */
  readonly length: number;
}

const next = new Set<number>([signatures.local, signatures.central, signatures.end, signatures.end64]);

/** Bytes of the longest descriptor, and the signature after it. */
const lookahead: number = 24 + 4;

/** The forms of a descriptor: its length, the bytes before the CRC-32, and the width of the sizes. */
const forms = [
  { length: 24, before: 4, wide: true },
  { length: 16, before: 4, wide: false },
  { length: 20, before: 0, wide: true },
  { length: 12, before: 0, wide: false },
] as const;

/**
 * Finds the end of an entry's data in `window`, with `passed` bytes of data before the window. Only the descriptor itself tells where
 * the data ends: it is recognized by its packed size, which must equal the number of bytes before it, and by the signature after
 * it. Its CRC-32 is compared with the data later.
 */
function findDescriptor(window: Uint8Array, passed: number, from = 0): { at: number; found: Descriptor } | undefined {
  const view = viewOf(window);
  for (let q = window.indexOf(0x50, from); q >= 0 && q + 4 <= window.length; q = window.indexOf(0x50, q + 1)) {
    if (!next.has(view.getUint32(q, true))) continue;
    for (const { length, before, wide } of forms) {
      const at = q - length;
      if (at < 0 || (before && view.getUint32(at, true) !== signatures.descriptor)) continue;
      const sizes = at + before + 4;
      const packedSize = wide ? uint64(view, sizes) : view.getUint32(sizes, true);
      if (packedSize !== passed + at) continue;
      const size = wide ? uint64(view, sizes + 8) : view.getUint32(sizes + 4, true);
      return { at, found: { crc32: view.getUint32(at + before, true), packedSize, size, length } };
    }
  }
  return undefined;
}

/** The data of an entry up to its descriptor. */
export interface DescribedData {
  /** The next packed bytes; `undefined` at the end of the data. */
  next(): Promise<Uint8Array | undefined>;
  /** The descriptor, after all data was read; `undefined` if the archive ended before. */
  readonly found: Descriptor | undefined;
}

/** Reads from `cursor`, which is at the data of an entry, and after its descriptor in the end. */
export function readDescribed(cursor: ByteCursor): DescribedData {
  let passed = 0;
  let found: Descriptor | undefined;

  return {
    get found() {
      return found;
    },
    async next() {
      while (!found) {
        // Only bytes that no descriptor can contain are certainly data.
        const chunk = await cursor.peek(64 * 1024);
        const hit = findDescriptor(chunk, passed);
        if (hit) {
          found = hit.found;
          const data = await cursor.take(hit.at);
          await cursor.skip(found.length);
          return data.length > 0 ? data : undefined;
        }
        const sure = Math.max(0, chunk.length - lookahead);
        if (sure === 0) return undefined;
        passed += sure;
        return cursor.take(sure);
      }
      return undefined;
    },
  };
}
