import type { Platform } from '../../src/core/platform.ts';
import { type Cases, equal } from './check.ts';

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function digest(platform: Platform, algorithm: 'md5' | 'sha256', parts: string[]): Promise<string> {
  const hasher = platform.hasher?.(algorithm);
  if (!hasher) throw new Error(`no ${algorithm}`);
  for (const part of parts) await hasher.update(new TextEncoder().encode(part));
  return hex(await hasher.digest());
}

/** What a platform with hashes of its own does. The values are those of RFC 1321 and FIPS 180-2. */
export const hasherCases: Cases<Platform> = {
  async 'md5 in steps'(platform) {
    equal(await digest(platform, 'md5', ['message', ' ', 'digest']), 'f96b697d7cb7938d525a2f31aaf161d0', 'md5');
    equal(await digest(platform, 'md5', []), 'd41d8cd98f00b204e9800998ecf8427e', 'md5 of nothing');
  },
  async 'sha256 in steps'(platform) {
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    equal(await digest(platform, 'sha256', ['a', 'bc']), expected, 'sha256');
  },
  async 'crc32c is left to the core'(platform) {
    equal(platform.hasher?.('crc32c'), undefined, 'crc32c');
  },
};
