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

/** The value of x-goog-hash for a content. */
export function googHash(bytes: Uint8Array, kinds: readonly string[]): string {
  const md5 = () => createHash('md5').update(bytes).digest('base64');
  return kinds.map((kind) => `${kind}=${kind === 'md5' ? md5() : crc32c(bytes)}`).join(',');
}
