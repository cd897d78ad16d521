import { fileError } from '../../core/bytes/file-error.ts';
import type { ByteSource } from '../../core/platform.ts';
import { baseName, folderPrefix } from '../common/posix-path.ts';
import type { R2BucketLike, R2ObjectLike } from './r2.ts';
import { r2Reader } from './r2-reader.ts';

/**
 * An object of an R2 bucket as the source of an upload, for example as the `data` of a file. Reads are ranges that
 * insist on the version that was opened. Throws `TransferError` when the object does not exist.
 */
export async function r2Source(bucket: R2BucketLike, key: string): Promise<ByteSource> {
  return sourceOf(bucket, await inspect(bucket, key));
}

/**
 * All objects of a bucket below `prefix` as files of a dataset, sorted, each named by the rest of its key:
 * `files: await r2Sources(env.BUCKET, 'daily')`. Keys that end in `/` (folder markers) are left out.
 */
export async function r2Sources(bucket: R2BucketLike, prefix = ''): Promise<{ name: string; data: ByteSource }[]> {
  const below = folderPrefix(prefix);
  const found: { name: string; data: ByteSource }[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: below, cursor });
    for (const object of page.objects) {
      if (object.key.endsWith('/')) continue;
      found.push({ name: object.key.slice(below.length), data: sourceOf(bucket, object) });
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function sourceOf(bucket: R2BucketLike, opened: R2ObjectLike): ByteSource {
  const { key, size, etag } = opened;

  async function slice(start: number, end: number): Promise<ReadableStream<Uint8Array>> {
    // R2 refuses a range of no bytes.
    if (start >= end) return new Blob([]).stream();
    const range = { offset: start, length: end - start };
    const object = await bucket.get(key, { range, onlyIf: { etagMatches: etag } }).catch((error: unknown) => {
      throw fileError('read', key, error);
    });
    if (!object) throw fileError('read', key, { code: 'ENOENT' });
    if (!object.body) throw fileError('read', key, 'the object was replaced while it was being read');
    return object.body;
  }

  const reader = r2Reader((position) => slice(position, size));
  return {
    name: baseName(key),
    size,
    lastModified: opened.uploaded,
    // A binding does not say which bucket it stands for; objects of one key and one etag have the same bytes in any.
    key: `r2:${key}:${etag}`,
    slice,
    read: (buffer, position) =>
      reader.read(buffer, position).catch((error: unknown) => {
        throw fileError('read', key, error);
      }),
    close: reader.close,
    identity: async () => (await inspect(bucket, key)).etag,
  };
}

async function inspect(bucket: R2BucketLike, key: string): Promise<R2ObjectLike> {
  const object = await bucket.head(key).catch((error: unknown) => {
    throw fileError('read', key, error);
  });
  if (!object) throw fileError('read', key, { code: 'ENOENT' });
  return object;
}
