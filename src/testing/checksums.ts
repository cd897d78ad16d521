import { base64 } from '../core/hash/checksum.ts';
import { createMd5 } from '../core/hash/md5.ts';
import type { Hasher } from '../core/platform.ts';
import { crc32c } from './crc.ts';
import type { Checksums, StoredFile } from './stored-file.ts';

interface Crypto {
  createHash(name: 'md5'): Hasher;
}

/** The MD5 of the runtime if it has one, which takes a third of the time. */
function openMd5(): Hasher {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): Crypto | undefined } };
  return process?.getBuiltinModule?.('node:crypto')?.createHash('md5') ?? createMd5();
}

/**
 * Computes both checksums of a stream of bytes. `digest` may be called several times, but not followed by `update`.
 */
export function createSums(): { update(data: Uint8Array): void; digest(): Checksums } {
  const md5 = openMd5();
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

/** Caches the checksums of `data`. */
export function remember(data: Uint8Array, sums: Checksums): void {
  known.set(data, sums);
}

/** The checksums of bytes, as the storage sends them. */
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

/** Number of bytes that are read and hashed at once. */
const piece = 2 ** 22;

/** The checksums of a file. */
export function sumsOf(file: StoredFile): Checksums {
  const { disk } = file;
  if (!disk) return checksums(file.data);
  if (!disk.sums) {
    const both = createSums();
    for (let at = 0; at < disk.size; at += piece) both.update(disk.read(at, Math.min(at + piece, disk.size)));
    disk.sums = both.digest();
  }
  return disk.sums;
}

/** Checksums that the storage sends. */
export type StorageHashes = 'both' | 'crc32c' | 'md5' | 'none';

/** The `x-goog-hash` header with the checksums that the storage sends. */
export function hashHeader(sums: Checksums, hashes: StorageHashes): Record<string, string> {
  if (hashes === 'none') return {};
  const names = hashes === 'both' ? (['crc32c', 'md5'] as const) : [hashes];
  return { 'x-goog-hash': names.map((name) => `${name}=${sums[name]}`).join(',') };
}

/** The headers by which a download can be verified and resumed. */
export function validators(file: StoredFile, hashes: StorageHashes): Record<string, string> {
  const sums = sumsOf(file);
  return {
    etag: `"${sums.md5.replace(/[^A-Za-z0-9]/g, '').toLowerCase()}"`,
    'last-modified': new Date(file.created).toUTCString(),
    'accept-ranges': 'bytes',
    ...hashHeader(sums, hashes),
  };
}

/** A copy with the byte at `index` inverted, or with all bytes inverted. */
export function inverted(data: Uint8Array, index?: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(data);
  if (index === undefined) for (let at = 0; at < copy.length; at++) copy[at]! ^= 0xff;
  else if (index < copy.length) copy[index]! ^= 0xff;
  return copy;
}
