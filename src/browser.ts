/** The entry for browsers: redirects are left to the browser; pass `platform: browserPlatform({ fs: opfs() })` for files by path. */
import type { ClientOptions, KaggleClient } from './core/rpc/client.ts';
import { createClient as createCoreClient } from './core/rpc/create-client.ts';
import { warn } from './core/warn.ts';
import { bindKaggle, type Kaggle } from './kaggle.ts';
import { browserPlatform } from './platform/browser/index.ts';

export * from './exports.ts';
export type { Kaggle } from './kaggle.ts';
export * from './platform/browser/index.ts';

let warned = false;

/**
 * Creates a client for browsers. Reads and sends nothing before the first call.
 * @param options - Pass the `endpoint` of a proxy (`kaggle-ts/proxy`) and `credential: 'proxy'`. A `token` in a page can be read
 *   by its visitors: the first client with one logs a warning, unless `dangerouslyAllowBrowser` is set.
 * @throws `ValidationError` for unknown or invalid options.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 *
 * const client = createClient({ endpoint: '/kaggle', credential: 'proxy' });
 * console.log(await client.call('kernels.KernelsApiService', 'ListKernels', {}));
 * ```
 */
export function createClient(options: ClientOptions = {}): KaggleClient {
  const client = createCoreClient(options, undefined, undefined, browserPlatform);
  const { token, key, dangerouslyAllowBrowser } = options;
  if ((token || key) && !dangerouslyAllowBrowser && !warned) {
    warned = true;
    warn(
      client,
      {},
      "createClient: visitors of this page can read its credential; use kaggle-ts/proxy and credential: 'proxy', or pass dangerouslyAllowBrowser: true",
    );
  }
  return client;
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
 * const kaggle = createKaggle({ endpoint: '/kaggle', credential: 'proxy' });
 * const run = await kaggle.kernels.push({ slug: 'alice/my-job', newTitle: 'My job', text: 'print(6 * 7)' });
 * console.log((await kaggle.kernels.wait(run)).status);
 * ```
 */
export function createKaggle(options: ClientOptions = {}): Kaggle {
  return bindKaggle(createClient(options));
}
