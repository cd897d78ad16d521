import { base64 } from '../core/transfer/checksum.ts';
import { crc32c } from '../core/transfer/crc32c.ts';
import { createMd5 } from '../core/transfer/md5.ts';
import type { StoredFile } from './stored-file.ts';

interface Checksums {
  crc32c: string;
  md5: string;
}

const known = new WeakMap<Uint8Array, Checksums>();

/** crc32c and md5 of bytes in base64, as the storage reports them. */
export function checksums(data: Uint8Array<ArrayBuffer>): Checksums {
  let sums = known.get(data);
  if (!sums) {
    const crc = new Uint8Array(4);
    new DataView(crc.buffer).setUint32(0, crc32c(data));
    const md5 = createMd5();
    md5.update(data);
    sums = { crc32c: base64(crc), md5: base64(md5.digest() as Uint8Array) };
    known.set(data, sums);
  }
  return sums;
}

/** The headers by which a download can be checked and resumed. */
export function validators(file: StoredFile): Record<string, string> {
  const sums = checksums(file.data);
  return {
    etag: `"${sums.md5.replace(/[^A-Za-z0-9]/g, '').toLowerCase()}"`,
    'last-modified': new Date(file.created).toUTCString(),
    'accept-ranges': 'bytes',
    'x-goog-hash': `crc32c=${sums.crc32c},md5=${sums.md5}`,
  };
}
