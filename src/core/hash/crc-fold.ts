import { foldModule } from './crc-fold-wasm.ts';

/**
 * Distances in bytes, at least 16 and ascending: the exponents of a multiple of the polynomial with only four terms. A byte can be
 * moved to these three positions behind it without changing the CRC.
 */
export type Distances = readonly [number, number, number];

/** Bytes from which folding is faster: up to 5 KiB remain to be processed otherwise each time. */
export const worthFolding: number = 16 * 1024;

interface Folder {
  readonly memory: Uint8Array;
  fold(at: number, end: number, a: number, b: number, c: number): void;
}

/** `null` if WebAssembly with 128-bit vectors is not available, or compiling it is forbidden (Workers, a CSP). */
let folder: Folder | null | undefined;

/** A page cannot know whether its CSP allows WebAssembly, and trying it would report a violation. */
let allowed = !('document' in globalThis || 'importScripts' in globalThis);

/** Sets whether WebAssembly may be compiled. */
export function allowWebAssembly(may: boolean): void {
  allowed = may;
}

/** Whether WebAssembly may be compiled. */
export function isWebAssemblyAllowed(): boolean {
  return allowed;
}

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
 * Reduces `data` (at least `worthFolding` bytes) to a short message with the same CRC. `register` is added to its first four bytes, so
 * that the CRC continues from a register of 0. The result is valid until the next call; `undefined` if folding is not possible.
 *
 * It uses only XOR at three distances, 16 bytes at once, instead of a table lookup per byte that depends on the byte before. Sam
 * Russell described it for CRC-32 ("Chorba", arXiv:2412.16398).
 */
export function fold(data: Uint8Array, register: number, [a, b, c]: Distances): Uint8Array | undefined {
  if (folder === undefined && allowed) folder = makeFolder();
  if (!folder || !allowed) return undefined;
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
