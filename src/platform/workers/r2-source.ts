import { fileError } from '../../core/bytes/file-error.ts';
import type { ByteSource } from '../../core/platform.ts';
import { baseName, folderPrefix } from '../common/posix-path.ts';
import type { R2BucketLike, R2ObjectLike } from './r2.ts';
import { r2Reader } from './r2-reader.ts';

/**
 * Opens an object of an R2 bucket as the source of an upload, for example as the `data` of a file. If the object is replaced
 * meanwhile, reads reject.
 *
 * @throws `TransferError` if the object does not exist.
 */
export async function r2Source(bucket: R2BucketLike, key: string): Promise<ByteSource> {
  return sourceOf(bucket, await inspect(bucket, key));
}

/**
 * Lists all objects of a bucket below `prefix` as inputs of an upload, sorted by name. Each is named by its key without the
 * prefix. Skips keys that end in `/` (folder markers).
 *
 * @param prefix - Prefix of the keys, with or without a trailing `/`. @default The whole bucket.
 * @example
 * ```ts
 * import { createClient, type R2BucketLike, r2Sources, workersPlatform } from 'kaggle-ts/workers';
 * import { createOrVersion } from 'kaggle-ts/datasets';
 *
 * export default {
 *   async scheduled(_event: unknown, env: { BUCKET: R2BucketLike }) {
 *     const client = createClient({ platform: workersPlatform({ env }) });
 *     const files = await r2Sources(env.BUCKET, 'daily');
 *     await createOrVersion(client, { owner: 'alice', slug: 'my-points', files });
 *   },
 * };
 * ```
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
    // R2 rejects an empty range.
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
    // A binding does not tell its bucket, but objects with the same key and etag have the same bytes in any bucket.
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
