import { fileError } from '../../core/bytes/file-error.ts';
import { ValidationError } from '../../core/errors.ts';
import type { PartTarget, TargetFile } from '../../core/part-target.ts';
import { folderPrefix } from '../common/posix-path.ts';
import type { R2BucketLike } from './r2.ts';

/** Name of the metadata that says which job wrote an object. */
const jobName = 'kaggle-ts-job';

/** What is recorded of a multipart upload. */
interface Kept {
  readonly upload: string;
  /** The etags of its parts, in order. */
  readonly parts: readonly string[];
}

/** Whether R2 says that a multipart upload does not exist (10024): it was completed, aborted, or is older than a week. */
const isGone = (error: unknown) => /\b10024\b|upload does not exist/i.test(String((error as Error)?.message ?? error));

/**
 * Returns a prefix of an R2 bucket as the target of the steps of a job. Files of more than 8 MiB are multipart uploads, which later
 * invocations continue. R2 deletes one that is not completed within a week.
 *
 * @param prefix - Prefix of the keys, with or without a trailing `/`. @default The whole bucket.
 * @throws `ValidationError` if the bucket cannot resume multipart uploads.
 * @example
 * ```ts
 * import { advanceJob, createClient, type JobState, type R2BucketLike, r2Source, r2Target, workersPlatform } from 'kaggle-ts/workers';
 *
 * export async function step(env: { BUCKET: R2BucketLike }, state: JobState) {
 *   const client = createClient({ platform: workersPlatform({ env }) });
 *   const source = (name: string) => r2Source(env.BUCKET, `in/${name}`);
 *   return advanceJob(client, state, { source, target: r2Target(env.BUCKET, 'out') });
 * }
 * ```
 */
export function r2Target(bucket: R2BucketLike, prefix = ''): PartTarget {
  if (typeof bucket?.resumeMultipartUpload !== 'function') {
    throw new ValidationError(
      'r2Target: expected an R2 bucket such as env.BUCKET; check the binding in the Wrangler configuration',
    );
  }
  const keyOf = ({ name }: TargetFile) => folderPrefix(prefix) + name;
  const uploadOf = (key: string, id: string) => bucket.resumeMultipartUpload!(key, id);

  async function begin(key: string, job: string): Promise<Kept> {
    const { uploadId } = await bucket.createMultipartUpload(key, { customMetadata: { [jobName]: job } });
    return { upload: uploadId!, parts: [] };
  }

  return {
    async write(part) {
      const { size, partSize, position, bytes, job } = part;
      const key = keyOf(part);
      try {
        if (size <= partSize) {
          await bucket.put(key, bytes);
          return size;
        }
        const { upload, parts } = position === 0 ? await begin(key, job) : (part.kept as Kept);
        const { etag } = await uploadOf(key, upload).uploadPart(parts.length + 1, bytes);
        return { upload, parts: [...parts, etag] } satisfies Kept;
      } catch (error) {
        if (position > 0 && isGone(error)) return undefined;
        throw fileError('write', key, error);
      }
    },
    async finish(file) {
      const { size, partSize, job } = file;
      const key = keyOf(file);
      if (size === 0) await bucket.put(key, new Uint8Array(0));
      if (size <= partSize) return true;
      const { upload, parts } = file.kept as Kept;
      try {
        await uploadOf(key, upload).complete(parts.map((etag, index) => ({ partNumber: index + 1, etag })));
        return true;
      } catch (error) {
        // An earlier step may have completed it.
        const object = await bucket.head(key);
        if (object?.size === size && object.customMetadata?.[jobName] === job) return true;
        if (isGone(error)) return false;
        throw fileError('write', key, error);
      }
    },
  };
}
