/** The entry for Deno: files, environment and state folder are set up, as far as permissions allow. */
import { resolveCredential } from './core/auth/resolve.ts';
import type { ClientOptions, KaggleClient } from './core/rpc/client.ts';
import { createClient as createCoreClient } from './core/rpc/create-client.ts';
import { lazyHttp } from './core/rpc/lazy-http.ts';
import { bindKaggle, type Kaggle } from './kaggle.ts';
import { denoPlatform } from './platform/deno/index.ts';

export * from './exports.ts';
export type { Kaggle } from './kaggle.ts';
export * from './platform/deno/index.ts';

/**
 * Creates a client for Deno. Reads and sends nothing before the first call.
 * @param options - Without a credential in them, the client looks one up before the first call: KAGGLE_API_TOKEN (a token,
 *   or the path of a file with one), ~/.kaggle/access_token, KAGGLE_USERNAME and KAGGLE_KEY, then kaggle.json.
 * @throws `ValidationError` for unknown or invalid options.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { list } from 'kaggle-ts/datasets';
 *
 * const client = createClient({ retry: 2, timeout: 30 });
 * for await (const { ref } of list(client, { search: 'weather' }, { limit: 10 })) console.log(ref);
 * ```
 */
export function createClient(options: ClientOptions = {}): KaggleClient {
  return createCoreClient(options, resolveCredential, lazyHttp, denoPlatform);
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
 * const kaggle = createKaggle();
 * const run = await kaggle.kernels.push({ slug: 'alice/my-job', newTitle: 'My job', text: 'print(6 * 7)' });
 * console.log((await kaggle.kernels.wait(run)).status);
 * ```
 */
export function createKaggle(options: ClientOptions = {}): Kaggle {
  return bindKaggle(createClient(options));
}
