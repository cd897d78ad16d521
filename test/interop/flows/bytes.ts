import { createHash } from 'node:crypto';
import { crc32c } from './crc32c.ts';

/** Stands in for a content that was not recorded: the same bytes for the same name, and no two parts alike. */
export function standIn(name: string, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = 2166136261;
  for (const char of name) state = Math.imul(state ^ char.charCodeAt(0), 16777619);
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const sums = new WeakMap<Uint8Array, { md5: string; crc32c: string }>();

/** The value of x-goog-hash for a content, which does not change any more. */
export function googHash(bytes: Uint8Array, kinds: readonly string[]): string {
  const known = sums.get(bytes) ?? {
    md5: createHash('md5').update(bytes).digest('base64'),
    crc32c: crc32c(bytes),
  };
  sums.set(bytes, known);
  return kinds.map((kind) => `${kind}=${known[kind as 'md5' | 'crc32c']}`).join(',');
}
