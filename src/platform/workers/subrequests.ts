import { checkMembers } from '../../core/check-members.ts';
import { TransferError, ValidationError } from '../../core/errors.ts';
import type { KvNamespaceLike } from './kv-state.ts';
import type { R2BucketLike, R2UploadLike } from './r2.ts';
import { followRedirects } from './redirects.ts';

export interface SubrequestOptions {
  /**
   * How many requests may be made in all: what Cloudflare allows one invocation (50 on the free plan, 10,000 on the paid
   * one unless configured otherwise), less what the rest of the Worker needs.
   */
  limit: number;
  /** How many may wait for their answer at once; default 6, which is where Cloudflare starts to queue. */
  concurrent?: number | undefined;
  /** What carries out the requests; default the global `fetch`. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
}

/** The requests of one invocation of a Worker, counted before they are sent. */
export interface Subrequests {
  /** For `createClient`: counts each request, and each redirect that it follows. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For `createClient`: aborted, with the `TransferError` that says so, when one more than the limit is asked for. */
  readonly signal: AbortSignal;
  /** Made so far. */
  readonly used: number;
  /** The most that were under way at once. */
  readonly peak: number;
  /** `namespace` with its operations counted, for `kvState`. They are never refused: what they keep is needed to resume. */
  namespace(namespace: KvNamespaceLike): KvNamespaceLike;
  /** `bucket` with its operations counted, for `r2Sources`, `r2Folder` and the like. */
  bucket(bucket: R2BucketLike): R2BucketLike;
}

/**
 * Counts what counts as a subrequest, so that a Worker ends with a clear error, and with a state to resume from, before
 * Cloudflare ends it. Make one for each invocation:
 *
 *     const subrequests = countSubrequests({ limit: 10_000 })
 *     const client = createClient({ platform: workersPlatform({ env }), fetch: subrequests.fetch, signal: subrequests.signal })
 *     const files = await r2Sources(subrequests.bucket(env.BUCKET), 'daily')
 */
export function countSubrequests(options: SubrequestOptions): Subrequests {
  checkMembers('countSubrequests', options, { limit: 'a number', concurrent: 'a number', fetch: 'a function' });
  const { limit, concurrent = 6 } = options;
  if (limit === undefined) throw new ValidationError('countSubrequests: limit is missing');
  // Called without a receiver: the global fetch refuses any other.
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

  /** Runs `work` as one subrequest when there is room for it; `signal` spares one that is no longer wanted by then. */
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
      // Its place goes to the next in the row, if there is one.
      const next = waiting.shift();
      if (next) next();
      else active--;
    }
  }

  function upload(started: R2UploadLike): R2UploadLike {
    return {
      uploadPart: (part, value) => count(() => started.uploadPart(part, value)),
      complete: (parts) => count(() => started.complete(parts)),
      // Cleaning up: what is left behind costs more than one request.
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
      createMultipartUpload: (key) => count(async () => upload(await bucket.createMultipartUpload(key))),
    }),
  };
}
