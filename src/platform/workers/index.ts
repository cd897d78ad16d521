import { checkMembers } from '../../core/check-members.ts';
import type { FileSystem, HashAlgorithm, Hasher, Platform, StateStore } from '../../core/platform.ts';

export * from '../everywhere.ts';
export { workersHasher } from './hasher.ts';
export { type KvNamespaceLike, kvState } from './kv-state.ts';
export type { R2BucketLike, R2ObjectLike, R2PartLike, R2UploadLike } from './r2.ts';
export { r2Folder, r2Sink } from './r2-folder.ts';
export { r2Source, r2Sources } from './r2-source.ts';
export { r2Target } from './r2-target.ts';
export { countSubrequests, type SubrequestOptions, type Subrequests } from './subrequests.ts';

/** Options of `workersPlatform`. */
export interface WorkersPlatformOptions {
  /** The `env` argument of the Worker's handler. Its variables and secrets are the environment. @default No environment. */
  env?: object | undefined;
  /** Store for the state of unfinished transfers, for example `kvState(env.STATE)`. @default None. */
  state?: StateStore | undefined;
  /** `workersHasher` for native md5 and sha256. @default Hashes in JavaScript. */
  hasher?: (algorithm: HashAlgorithm) => Hasher | undefined;
  /** Files by path, for example `memoryPlatform().fs`. @default None. */
  fs?: FileSystem | undefined;
}

/**
 * Returns the platform of Cloudflare Workers. For files in R2 use `r2Sources`, `r2Source` and `r2Folder`.
 *
 * @throws `ValidationError` for unknown or invalid options.
 * @example
 * ```ts
 * import { createClient, type KvNamespaceLike, kvState, workersPlatform } from 'kaggle-ts/workers';
 *
 * export default {
 *   async fetch(_request: Request, env: { STATE: KvNamespaceLike }) {
 *     const client = createClient({ platform: workersPlatform({ env, state: kvState(env.STATE) }) });
 *     return new Response(await client.whoAmI());
 *   },
 * };
 * ```
 */
export function workersPlatform(options: WorkersPlatformOptions = {}): Platform {
  checkMembers('workersPlatform', options, {
    env: 'an object',
    state: 'an object',
    hasher: 'a function',
    fs: 'an object',
  });
  const bindings = (options.env ?? {}) as Record<string, unknown>;
  return {
    ...options,
    name: 'workers',
    // A Worker can have six open connections; two are left for the program.
    concurrency: 4,
    env(name) {
      const value = bindings[name];
      return typeof value === 'string' ? value : undefined;
    },
    credentialHelp: () =>
      options.env
        ? 'add a secret to the Worker (wrangler secret put KAGGLE_API_TOKEN), or pass createClient({ token })'
        : 'pass createClient({ platform: workersPlatform({ env }) }) with the env of your handler, which contains the secret KAGGLE_API_TOKEN, or pass createClient({ token })',
    log: (line) => console.error(line),
  };
}
