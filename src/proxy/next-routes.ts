import type { KaggleProxy } from './types.ts';

/** Handlers of a route of Next. */
export type NextRoutes = Readonly<Record<'GET' | 'OPTIONS' | 'POST' | 'PUT', (request: Request) => Promise<Response>>>;

/**
 * Returns the handlers of a Next route. The file `app/kaggle/[...path]/route.ts` serves a proxy with the path `/kaggle`.
 *
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { createProxy, nextRoutes, readOnly } from 'kaggle-ts/proxy';
 *
 * const proxy = createProxy({ client: createClient(), allow: readOnly, authorize: () => true });
 * export const { GET, OPTIONS, POST, PUT } = nextRoutes(proxy);
 * ```
 */
export function nextRoutes(proxy: KaggleProxy): NextRoutes {
  // Next passes the parameters of the route as second argument.
  const handle = (request: Request) => proxy.fetch(request);
  return { GET: handle, OPTIONS: handle, POST: handle, PUT: handle };
}
