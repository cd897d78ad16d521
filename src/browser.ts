/** The entry for Web pages: redirects are left to the browser; pass `platform: browserPlatform({ fs: opfs() })` for files by path. */
import type { ClientOptions, KaggleClient } from './core/rpc/client.ts';
import { createClient as createCoreClient } from './core/rpc/create-client.ts';
import { bindKaggle, type Kaggle } from './kaggle.ts';
import { browserPlatform } from './platform/browser/index.ts';

export * from './exports.ts';
export type { Kaggle } from './kaggle.ts';
export * from './platform/browser/index.ts';

/** Makes a client for this runtime. Nothing is read or sent before the first call. */
export function createClient({ platform = browserPlatform(), ...options }: ClientOptions = {}): KaggleClient {
  return createCoreClient({ ...options, platform });
}

/** Makes a client with all verbs bound to it: `kaggle.kernels.push(...)`. */
export function createKaggle(options: ClientOptions = {}): Kaggle {
  return bindKaggle(createClient(options));
}
