import { foldModule } from './crc-fold-wasm.ts';

/**
 * Distances in bytes, 16 or more and ascending: the coefficients of a multiple of the polynomial that has four terms
 * only. The content of a byte may be moved to these three places behind it without a change of the CRC.
 */
export type Distances = readonly [number, number, number];

/** Shorter messages are not worth the way through here: up to 5 KiB are left over each time. */
export const worthFolding: number = 16 * 1024;

interface Folder {
  readonly memory: Uint8Array;
  fold(at: number, end: number, a: number, b: number, c: number): void;
}

/** `null` where there is no WebAssembly with 128-bit vectors, or compiling it is forbidden (Workers, a CSP). */
let folder: Folder | null | undefined;

function makeFolder(): Folder | null {
  try {
    const bytes = Uint8Array.from(atob(foldModule), (char) => char.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const memory = exports.memory as WebAssembly.Memory;
    return { memory: new Uint8Array(memory.buffer), fold: exports.fold as Folder['fold'] };
  } catch {
    return null;
  }
}

/**
 * A short message with the same CRC register: of `data` (at least `worthFolding` bytes) with `register` added to its
 * first four bytes, so that the CRC continues from a register of 0. Valid until the next call; `undefined` where
 * folding is not possible.
 *
 * All that is needed is XOR at three distances, 16 bytes at once, instead of a look-up in a table for each byte whose
 * place depends on the byte before. Sam Russell described it for CRC-32 ("Chorba", arXiv:2412.16398).
 */
export function fold(data: Uint8Array, register: number, [a, b, c]: Distances): Uint8Array | undefined {
  if (folder === undefined) folder = makeFolder();
  if (!folder) return undefined;
  const { memory } = folder;
  let held = 0;
  for (let at = 0; at < data.length; ) {
    const taken = data.subarray(at, at + memory.length - held);
    memory.set(taken, held);
    if (at === 0) for (let i = 0; i < 4; i++) memory[i]! ^= register >>> (8 * i);
    at += taken.length;
    held += taken.length;
    const end = Math.max(0, held - c) & -16;
    if (end === 0) continue;
    folder.fold(0, end, a, b, c);
    memory.copyWithin(0, end, held);
    held -= end;
  }
  return memory.subarray(0, held);
}
