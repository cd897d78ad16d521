import type { HashAlgorithm, Hasher } from '../../core/platform.ts';
import { builtin } from './node-modules.ts';

/** zlib's CRC-32, which continues from a number; old releases of Deno and Bun do not have it. */
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
 * OpenSSL's md5 and sha256, zlib's crc32. There is no crc32c in any of the three runtimes (Bun.hash.crc32 has another
 * polynomial), and a FIPS build refuses md5: the core's portable ones step in for `undefined`.
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
