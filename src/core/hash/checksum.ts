import type { Hasher, Platform } from '../platform.ts';
import { allowWebAssembly } from './crc-fold.ts';
import { createCrc32 } from './crc32.ts';
import { createCrc32c } from './crc32c.ts';
import { createMd5 } from './md5.ts';

/** The checksums of a storage object, in base64. */
export interface Checksums {
  crc32c?: string;
  md5?: string;
}

/** Parses `x-goog-hash`: one or several headers, in any order. */
export function parseHashHeader(header: string | null): Checksums {
  const sums: Checksums = {};
  for (const [, name, value] of (header ?? '').matchAll(/\b(crc32c|md5)=([A-Za-z0-9+/]+={0,2})/g)) {
    sums[name as 'crc32c' | 'md5'] ??= value!;
  }
  return sums;
}

/** Parses the checksums in the metadata of an object, which the last response of an upload may contain as JSON. */
export function parseHashBody(text: string): Checksums {
  try {
    const body = JSON.parse(text) as { crc32c?: unknown; md5Hash?: unknown } | null;
    return {
      ...(typeof body?.crc32c === 'string' && { crc32c: body.crc32c }),
      ...(typeof body?.md5Hash === 'string' && { md5: body.md5Hash }),
    };
  } catch {
    return {};
  }
}

const portable = { crc32c: createCrc32c, crc32: createCrc32, md5: createMd5 };

/** Returns the platform's hasher, or a portable one. */
export function createHasher(platform: Platform, algorithm: 'crc32c' | 'crc32' | 'md5'): Hasher {
  if (platform.webAssembly !== undefined) allowWebAssembly(platform.webAssembly);
  return platform.hasher?.(algorithm) ?? portable[algorithm]();
}

/** Encodes bytes as base64. */
export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
