import type { HashAlgorithm, Hasher } from '../../core/platform.ts';
import { builtin } from './node-modules.ts';

/** zlib's incremental CRC-32, which old releases of Deno and Bun lack. */
function crc32(): Hasher | undefined {
  const { crc32: native } = builtin('node:zlib');
  if (!native) return undefined;
  let crc = 0;
  return {
    update(data) {
      crc = native(data, crc);
    },
    digest: () => new Uint8Array([crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255]),
  };
}

/**
 * Returns OpenSSL's md5 and sha256, or zlib's crc32. Returns `undefined`, so that the portable hash is used, for crc32c, which no runtime
 * has (Bun.hash.crc32 uses another polynomial), and for md5 in FIPS builds.
 */
export function nodeHasher(algorithm: HashAlgorithm): Hasher | undefined {
  if (algorithm === 'crc32c') return undefined;
  if (algorithm === 'crc32') return crc32();
  try {
    const hash = builtin('node:crypto').createHash(algorithm);
    return {
      update(data) {
        hash.update(data);
      },
      digest: () => new Uint8Array(hash.digest()),
    };
  } catch {
    return undefined;
  }
}
