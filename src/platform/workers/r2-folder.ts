import { fileError } from '../../core/bytes/file-error.ts';
import type { ByteSink, FolderSink } from '../../core/platform.ts';
import { folderPrefix } from '../common/posix-path.ts';
import type { R2BucketLike, R2PartLike, R2UploadLike } from './r2.ts';

/**
 * Bytes of a part. R2 requires parts of equal size, at least 5 MiB, and at most 10,000 of them: 8 MiB allow objects of 78 GiB,
 * and four concurrent files use far less than a Worker's 128 MB.
 */
const partSize = 8 << 20;

/**
 * Returns a prefix of an R2 bucket as the target of downloads. An object appears when its file is complete. R2 cannot set
 * modification times: `uploaded` is the time of writing.
 *
 * @param prefix - Prefix of the keys, with or without a trailing `/`. @default The whole bucket.
 * @example
 * ```ts
 * import { createClient, type R2BucketLike, r2Folder, workersPlatform } from 'kaggle-ts/workers';
 * import { output } from 'kaggle-ts/kernels';
 *
 * export default {
 *   async scheduled(_event: unknown, env: { BUCKET: R2BucketLike }) {
 *     const client = createClient({ platform: workersPlatform({ env }) });
 *     await output(client, 'alice/my-job', r2Folder(env.BUCKET, 'out'));
 *   },
 * };
 * ```
 */
export function r2Folder(bucket: R2BucketLike, prefix = ''): FolderSink {
  return { sink: async (path) => r2Sink(bucket, folderPrefix(prefix) + path) };
}

/**
 * Returns an object of an R2 bucket as the target of a download. Up to 8 MiB are written in one put, more as a multipart upload.
 * Bytes must be written in order; writing at byte 0 again restarts.
 */
export function r2Sink(bucket: R2BucketLike, key: string): ByteSink {
  let buffer: Uint8Array | undefined = new Uint8Array(0);
  let filled = 0;
  let next = 0;
  let upload: R2UploadLike | undefined;
  let parts: R2PartLike[] = [];

  async function discard(): Promise<void> {
    const started = upload;
    upload = undefined;
    parts = [];
    filled = next = 0;
    await started?.abort();
  }

  async function sendPart(data: Uint8Array): Promise<void> {
    upload ??= await bucket.createMultipartUpload(key);
    parts.push(await upload.uploadPart(parts.length + 1, data));
  }

  async function append(data: Uint8Array, position: number): Promise<void> {
    if (!buffer) throw fileError('write', key, 'it is already closed');
    if (position === 0 && next > 0) await discard().catch(() => undefined);
    if (position !== next) {
      throw fileError('write', key, `R2 takes bytes in order (got byte ${position}, expected ${next})`);
    }
    next += data.length;
    try {
      for (let rest = data; rest.length > 0; ) {
        const taken = rest.subarray(0, partSize - filled);
        buffer = grown(buffer, filled + taken.length);
        buffer.set(taken, filled);
        filled += taken.length;
        rest = rest.subarray(taken.length);
        if (filled === partSize) {
          await sendPart(buffer);
          filled = 0;
        }
      }
    } catch (error) {
      throw fileError('write', key, error);
    }
  }

  // Writes are queued, as they share the buffer and callers may not wait for each.
  let last: Promise<unknown> = Promise.resolve();

  return {
    write(data, position) {
      const writing = last.then(() => append(data, position));
      last = writing.catch(() => undefined);
      return writing;
    },
    async commit() {
      if (!buffer) throw fileError('write', key, 'it is already closed');
      const rest = buffer.subarray(0, filled);
      buffer = undefined;
      try {
        if (!upload) {
          await bucket.put(key, rest);
        } else {
          if (rest.length > 0) await sendPart(rest);
          await upload.complete(parts);
        }
      } catch (error) {
        await discard().catch(() => undefined);
        throw fileError('write', key, error);
      }
    },
    async abort() {
      buffer = undefined;
      // Else an upload that is just being created would be left behind in R2.
      await last;
      await discard().catch(() => undefined);
    },
  };
}

/** Returns `buffer`, or a larger copy with at least `size` bytes. It grows so that small files do not take the memory of a part. */
function grown(buffer: Uint8Array, size: number): Uint8Array {
  if (size <= buffer.length) return buffer;
  const larger = new Uint8Array(Math.min(partSize, Math.max(size, buffer.length * 2)));
  larger.set(buffer);
  return larger;
}
