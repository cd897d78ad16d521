import type { ByteCursor } from '../byte-cursor.ts';
import { viewOf } from '../byte-cursor.ts';
import { signatures, uint64 } from './fields.ts';

/** What stands behind the data of an entry whose sizes were not known when it was written. */
export interface Descriptor {
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  /** Bytes that it takes itself: with or without a signature, with sizes of 32 or 64 bits. */
  readonly length: number;
}

const next = new Set<number>([signatures.local, signatures.central, signatures.end, signatures.end64]);

/** The longest descriptor, and the signature of what follows it. */
export const reach: number = 24 + 4;

/** The forms in which it is written: the length, the bytes before the CRC-32, and those of a size. */
const forms = [
  { length: 24, before: 4, wide: true },
  { length: 16, before: 4, wide: false },
  { length: 20, before: 0, wide: true },
  { length: 12, before: 0, wide: false },
] as const;

/**
 * Looks in `window` for the end of an entry's data, of which `passed` bytes came before the window. Where the data ends
 * nothing says but the descriptor itself: it is recognised by the packed size in it, which must be just the number of
 * bytes that came, together with the signature of what must follow. Its CRC-32 is compared with the data later on.
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
  /** The next packed bytes; `undefined` when all have come. */
  next(): Promise<Uint8Array | undefined>;
  /** What the descriptor says, once all bytes have come; `undefined` when the archive ended before. */
  readonly found: Descriptor | undefined;
}

/** Reads from `cursor`, which stands at the data of an entry, and behind its descriptor at the end. */
export function readDescribed(cursor: ByteCursor): DescribedData {
  let passed = 0;
  let found: Descriptor | undefined;

  return {
    get found() {
      return found;
    },
    async next() {
      while (!found) {
        // Only what stands in front of the reach of a descriptor is surely data.
        const chunk = await cursor.peek(64 * 1024);
        const hit = findDescriptor(chunk, passed);
        if (hit) {
          found = hit.found;
          const data = await cursor.take(hit.at);
          await cursor.skip(found.length);
          return data.length > 0 ? data : undefined;
        }
        const sure = Math.max(0, chunk.length - reach);
        if (sure === 0) return undefined;
        passed += sure;
        return cursor.take(sure);
      }
      return undefined;
    },
  };
}
