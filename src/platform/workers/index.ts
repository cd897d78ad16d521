import { checkMembers } from '../../core/check-members.ts';
import type { FileSystem, HashAlgorithm, Hasher, Platform, StateStore } from '../../core/platform.ts';

export * from '../everywhere.ts';
export { workersHasher } from './hasher.ts';
export { type KvNamespaceLike, kvState } from './kv-state.ts';
export type { R2BucketLike, R2ObjectLike, R2PartLike, R2UploadLike } from './r2.ts';
export { r2Folder, r2Sink } from './r2-folder.ts';
export { r2Source, r2Sources } from './r2-source.ts';
export { countSubrequests, type SubrequestOptions, type Subrequests } from './subrequests.ts';

export interface WorkersPlatformOptions {
  /** The bindings that the Worker's handler is given: its variables and secrets are the environment. */
  env?: object | undefined;
  /** A place for the state of unfinished transfers, for example `kvState(env.STATE)`. */
  state?: StateStore | undefined;
  /** `workersHasher` for the runtime's own md5 and sha256 instead of ours in JavaScript. */
  hasher?: (algorithm: HashAlgorithm) => Hasher | undefined;
  /** Files by path, for example `memoryPlatform().fs`; a Worker has none of its own. */
  fs?: FileSystem | undefined;
}

/**
 * Cloudflare Workers: `createClient({ platform: workersPlatform({ env, state: kvState(env.STATE) }) })`. Files come from and go to
 * R2 by `r2Sources`, `r2Source` and `r2Folder`.
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
    // A Worker may wait for six connections at once; two are left to the program.
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
