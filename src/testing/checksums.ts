import { base64 } from '../core/hash/checksum.ts';
import { createMd5 } from '../core/hash/md5.ts';
import { crc32c } from './crc.ts';
import type { Checksums, StoredFile } from './stored-file.ts';

/** Both hashes of what comes bit by bit; `digest` ends it, but may be asked again. */
export function createSums(): { update(data: Uint8Array): void; digest(): Checksums } {
  const md5 = createMd5();
  let crc = 0;
  let sums: Checksums | undefined;
  return {
    update(data) {
      md5.update(data);
      crc = crc32c(data, crc);
    },
    digest() {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, crc);
      sums ??= { crc32c: base64(bytes), md5: base64(md5.digest() as Uint8Array) };
      return sums;
    },
  };
}

const known = new WeakMap<Uint8Array, Checksums>();

/** Spares the hashing of bytes whose sums are known. */
export function remember(data: Uint8Array, sums: Checksums): void {
  known.set(data, sums);
}

/** crc32c and md5 of bytes in base64, as the storage reports them. */
export function checksums(data: Uint8Array<ArrayBuffer>): Checksums {
  let sums = known.get(data);
  if (!sums) {
    const both = createSums();
    both.update(data);
    sums = both.digest();
    remember(data, sums);
  }
  return sums;
}

/** Bytes that are read and hashed at once. */
const piece = 2 ** 22;

/** The checksums of a file, in memory or kept. */
export function sumsOf(file: StoredFile): Checksums {
  const { kept } = file;
  if (!kept) return checksums(file.data);
  if (!kept.sums) {
    const both = createSums();
    for (let at = 0; at < kept.size; at += piece) both.update(kept.read(at, Math.min(at + piece, kept.size)));
    kept.sums = both.digest();
  }
  return kept.sums;
}

/** Which hashes the storage tells. */
export type ToldHashes = 'both' | 'crc32c' | 'md5' | 'none';

/** The header with the hashes that are told. */
export function hashHeader(sums: Checksums, told: ToldHashes): Record<string, string> {
  if (told === 'none') return {};
  const names = told === 'both' ? (['crc32c', 'md5'] as const) : [told];
  return { 'x-goog-hash': names.map((name) => `${name}=${sums[name]}`).join(',') };
}

/** The headers by which a download can be checked and resumed. */
export function validators(file: StoredFile, told: ToldHashes): Record<string, string> {
  const sums = sumsOf(file);
  return {
    etag: `"${sums.md5.replace(/[^A-Za-z0-9]/g, '').toLowerCase()}"`,
    'last-modified': new Date(file.created).toUTCString(),
    'accept-ranges': 'bytes',
    ...hashHeader(sums, told),
  };
}

/** A copy with the byte at `index` changed, or all of them. */
export function inverted(data: Uint8Array, index?: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(data);
  if (index === undefined) for (let at = 0; at < copy.length; at++) copy[at]! ^= 0xff;
  else if (index < copy.length) copy[index]! ^= 0xff;
  return copy;
}
