import type { HashAlgorithm, Hasher } from '../../core/platform.ts';
import { builtin } from './node-modules.ts';

/**
 * OpenSSL's md5 and sha256. There is no crc32c in any of the three runtimes (zlib.crc32 and Bun.hash.crc32 have
 * another polynomial), and a FIPS build refuses md5: the core's portable ones step in for `undefined`.
 */
export function nodeHasher(algorithm: HashAlgorithm): Hasher | undefined {
  if (algorithm === 'crc32c') return undefined;
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
