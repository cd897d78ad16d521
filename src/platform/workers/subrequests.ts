import { checkMembers } from '../../core/check-members.ts';
import { TransferError, ValidationError } from '../../core/errors.ts';
import type { KvNamespaceLike } from './kv-state.ts';
import type { R2BucketLike, R2UploadLike } from './r2.ts';
import { followRedirects } from './redirects.ts';

/** Options of `countSubrequests`. */
export interface SubrequestOptions {
  /**
   * Maximum number of subrequests: what Cloudflare allows per invocation (50 on the free plan, 10,000 by default on the paid
   * plan), minus those of the rest of the Worker.
   */
  limit: number;
  /** Maximum number of subrequests that wait for a response; Cloudflare queues more than 6. @default 6 */
  concurrent?: number | undefined;
  /** Sends the requests. @default The global `fetch`. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
}

/** The requests of one invocation of a Worker, counted before they are sent. */
export interface Subrequests {
  /** Option for `createClient`: counts each request, and each redirect that it follows. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Option for `createClient`: aborts with a `TransferError` when the limit is exceeded. */
  readonly signal: AbortSignal;
  /** Number of subrequests so far. */
  readonly used: number;
  /** Highest number of concurrent subrequests so far. */
  readonly peak: number;
  /** Wraps a KV namespace to count its operations, for `kvState`. They are never rejected, as resuming needs the state. */
  namespace(namespace: KvNamespaceLike): KvNamespaceLike;
  /** Wraps an R2 bucket to count its operations, for `r2Sources` and `r2Folder`. */
  bucket(bucket: R2BucketLike): R2BucketLike;
}

/**
 * Counts subrequests, so that a Worker stops with an error, and with state to resume from, before Cloudflare terminates it. Create
 * one per invocation.
 *
 * @throws `ValidationError` if `limit` is missing or an option is invalid.
 * @example
 * ```ts
 * import { countSubrequests, createClient, type R2BucketLike, r2Sources, workersPlatform } from 'kaggle-ts/workers';
 *
 * export default {
 *   async scheduled(_event: unknown, env: { BUCKET: R2BucketLike }) {
 *     const subrequests = countSubrequests({ limit: 10_000 });
 *     const { fetch, signal } = subrequests;
 *     const client = createClient({ platform: workersPlatform({ env }), fetch, signal });
 *     const files = await r2Sources(subrequests.bucket(env.BUCKET), 'daily');
 *     console.log(await client.whoAmI(), files.length, subrequests.used);
 *   },
 * };
 * ```
 */
export function countSubrequests(options: SubrequestOptions): Subrequests {
  checkMembers('countSubrequests', options, { limit: 'a number', concurrent: 'a number', fetch: 'a function' });
  const { limit, concurrent = 6 } = options;
  if (limit === undefined) throw new ValidationError('countSubrequests: limit is missing');
  // Called without a receiver: the global fetch rejects any other.
  const send = options.fetch ?? ((request: Request) => fetch(request));
  const controller = new AbortController();
  const waiting: (() => void)[] = [];
  let used = 0;
  let active = 0;
  let peak = 0;

  function refuse(): never {
    const error = new TransferError(
      `all ${limit} subrequests are used up; raise the limit or resume in another invocation`,
    );
    if (!controller.signal.aborted) controller.abort(error);
    throw controller.signal.reason;
  }

  /** Runs `work` as one subrequest when a slot is free, unless `signal` has aborted by then. */
  async function count<T>(work: () => Promise<T>, always = false, signal?: AbortSignal): Promise<T> {
    if (active >= concurrent) await new Promise<void>((resolve) => waiting.push(resolve));
    else active++;
    try {
      signal?.throwIfAborted();
      if (used >= limit && !always) refuse();
      used++;
      peak = Math.max(peak, active);
      return await work();
    } finally {
      // The slot passes to the next in the queue, if there is one.
      const next = waiting.shift();
      if (next) next();
      else active--;
    }
  }

  function upload(started: R2UploadLike): R2UploadLike {
    return {
      ...(started.uploadId !== undefined && { uploadId: started.uploadId }),
      uploadPart: (part, value) => count(() => started.uploadPart(part, value)),
      complete: (parts) => count(() => started.complete(parts)),
      // Never rejected: an upload that is left behind costs more than one request.
      abort: () => count(() => started.abort(), true),
    };
  }

  return {
    signal: controller.signal,
    fetch: (request) => followRedirects(request, (hop) => count(() => send(hop), false, request.signal)),
    get used() {
      return used;
    },
    get peak() {
      return peak;
    },
    namespace: (namespace) => ({
      get: (key) => count(() => namespace.get(key), true),
      put: (key, value, settings) => count(() => namespace.put(key, value, settings), true),
      delete: (key) => count(() => namespace.delete(key), true),
    }),
    bucket: (bucket) => ({
      head: (key) => count(() => bucket.head(key)),
      get: (key, settings) => count(() => bucket.get(key, settings)),
      put: (key, value) => count(() => bucket.put(key, value)),
      list: (settings) => count(() => bucket.list(settings)),
      createMultipartUpload: (key, settings) =>
        count(async () => upload(await bucket.createMultipartUpload(key, settings))),
      ...(bucket.resumeMultipartUpload && {
        resumeMultipartUpload: (key: string, id: string) => upload(bucket.resumeMultipartUpload!(key, id)),
      }),
    }),
  };
}
