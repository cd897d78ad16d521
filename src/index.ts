/** The entry for unknown runtimes: no files and no environment, unless `platform` provides them. */
import { environmentCredential } from './core/auth/environment.ts';
import type { ClientOptions, KaggleClient } from './core/rpc/client.ts';
import { createClient as createCoreClient } from './core/rpc/create-client.ts';
import { bindKaggle, type Kaggle } from './kaggle.ts';

export * from './exports.ts';
export type { Kaggle } from './kaggle.ts';
export * from './platform/memory/index.ts';

/**
 * Creates a client for any runtime: without files and environment, unless `platform` provides them. Reads and sends nothing before the first call.
 * @param options - Without a credential in them, the client looks one up before the first call: KAGGLE_API_TOKEN, then
 *   KAGGLE_USERNAME and KAGGLE_KEY, in the environment of `platform`.
 * @throws `ValidationError` for unknown or invalid options.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 *
 * const client = createClient({ token: 'KGAT_...' });
 * console.log(await client.whoAmI());
 * ```
 */
export function createClient(options: ClientOptions = {}): KaggleClient {
  return createCoreClient(options, environmentCredential);
}

/**
 * Creates a client with all functions bound to it: `kaggle.kernels.push(request)` instead of `push(client, request)`.
 * For scripts: a bundle contains every function.
 *
 * @param options - The same as for `createClient`.
 * @throws `ValidationError` for unknown or invalid options.
 * @example
 * ```ts
 * import { createKaggle } from 'kaggle-ts';
 *
 * const kaggle = createKaggle({ token: 'KGAT_...' });
 * const run = await kaggle.kernels.push({ slug: 'alice/my-job', newTitle: 'My job', text: 'print(6 * 7)' });
 * console.log((await kaggle.kernels.wait(run)).status);
 * ```
 */
export function createKaggle(options: ClientOptions = {}): Kaggle {
  return bindKaggle(createClient(options));
}
