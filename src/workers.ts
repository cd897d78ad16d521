/** The entry for Cloudflare Workers: four concurrent requests; pass `platform: workersPlatform({ env })` for credentials and state. */
import { environmentCredential } from './core/auth/environment.ts';
import type { ClientOptions, KaggleClient } from './core/rpc/client.ts';
import { createClient as createCoreClient } from './core/rpc/create-client.ts';
import { bindKaggle, type Kaggle } from './kaggle.ts';
import { workersPlatform } from './platform/workers/index.ts';

export * from './exports.ts';
export type { Kaggle } from './kaggle.ts';
export * from './platform/workers/index.ts';
export * from './services/jobs/index.ts';

/**
 * Creates a client for Cloudflare Workers. Reads and sends nothing before the first call.
 * @param options - Without a credential in them, the client looks one up before the first call: the secret KAGGLE_API_TOKEN,
 *   then KAGGLE_USERNAME and KAGGLE_KEY, in the `env` that was passed to `workersPlatform`.
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
export function createClient(options: ClientOptions = {}): KaggleClient {
  return createCoreClient(options, environmentCredential, undefined, workersPlatform);
}

/**
 * Creates a client with all functions bound to it: `kaggle.kernels.push(request)` instead of `push(client, request)`.
 * For scripts: a bundle contains every function.
 *
 * @param options - The same as for `createClient`.
 * @throws `ValidationError` for unknown or invalid options.
 * @example
 * ```ts
 * import { createKaggle, workersPlatform } from 'kaggle-ts/workers';
 *
 * export default {
 *   async fetch(_request: Request, env: object) {
 *     const kaggle = createKaggle({ platform: workersPlatform({ env }) });
 *     return Response.json(await kaggle.kernels.status('alice/my-job'));
 *   },
 * };
 * ```
 */
export function createKaggle(options: ClientOptions = {}): Kaggle {
  return bindKaggle(createClient(options));
}
