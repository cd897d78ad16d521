/** The entry for Bun: files, environment and state folder are wired in. */
import { resolveCredential } from './core/auth/resolve.ts';
import type { ClientOptions, KaggleClient } from './core/rpc/client.ts';
import { createClient as createCoreClient } from './core/rpc/create-client.ts';
import { lazyHttp } from './core/rpc/lazy-http.ts';
import { bindKaggle, type Kaggle } from './kaggle.ts';
import { bunPlatform } from './platform/bun/index.ts';

export * from './exports.ts';
export type { Kaggle } from './kaggle.ts';
export * from './platform/bun/index.ts';

/** Makes a client for this runtime. Nothing is read or sent before the first call. */
export function createClient({ platform = bunPlatform(), ...options }: ClientOptions = {}): KaggleClient {
  return createCoreClient({ ...options, platform }, resolveCredential, lazyHttp);
}

/** Makes a client with all verbs bound to it: `kaggle.kernels.push(...)`. */
export function createKaggle(options: ClientOptions = {}): Kaggle {
  return bindKaggle(createClient(options));
}
