/** The entry for Cloudflare Workers: four requests at once; pass `platform: workersPlatform({ env })` for credentials and state. */
import { environmentCredential } from './core/auth/environment.ts';
import type { ClientOptions, KaggleClient } from './core/rpc/client.ts';
import { createClient as createCoreClient } from './core/rpc/create-client.ts';
import { bindKaggle, type Kaggle } from './kaggle.ts';
import { workersPlatform } from './platform/workers/index.ts';

export * from './exports.ts';
export type { Kaggle } from './kaggle.ts';
export * from './platform/workers/index.ts';

/** Makes a client for this runtime. Nothing is read or sent before the first call. */
export function createClient({ platform = workersPlatform(), ...options }: ClientOptions = {}): KaggleClient {
  return createCoreClient({ ...options, platform }, environmentCredential);
}

/** Makes a client with all verbs bound to it: `kaggle.kernels.push(...)`. */
export function createKaggle(options: ClientOptions = {}): Kaggle {
  return bindKaggle(createClient(options));
}
