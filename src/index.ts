/** The entry for runtimes that are not known: no files and no environment, unless `platform` brings them. */
import { environmentCredential } from './core/auth/environment.ts';
import type { ClientOptions, KaggleClient } from './core/rpc/client.ts';
import { createClient as createCoreClient } from './core/rpc/create-client.ts';
import { bindKaggle, type Kaggle } from './kaggle.ts';

export * from './exports.ts';
export type { Kaggle } from './kaggle.ts';
export * from './platform/memory/index.ts';

/** Makes a client without a file system of the runtime. Nothing is read or sent before the first call. */
export function createClient(options: ClientOptions = {}): KaggleClient {
  return createCoreClient(options, environmentCredential);
}

/** Makes a client with all verbs bound to it: `kaggle.kernels.push(...)`. */
export function createKaggle(options: ClientOptions = {}): Kaggle {
  return bindKaggle(createClient(options));
}
