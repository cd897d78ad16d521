/** What Deno and Bun pass to a handler, and the Node adapter of this package. */
interface Info {
  readonly address?: unknown;
  readonly remoteAddr?: { readonly hostname?: unknown };
  requestIP?(request: Request): { readonly address?: unknown } | null;
}

/**
 * The network address of the client as the runtime tells it; empty if it does not. Headers count on Cloudflare only, where clients
 * cannot set this one.
 */
export function addressOf(request: Request, info: unknown): string {
  if ('cf' in request && request.cf) return request.headers.get('cf-connecting-ip') ?? '';
  if (typeof info !== 'object' || info === null) return '';
  const { address, remoteAddr } = info as Info;
  const ip = (info as Info).requestIP;
  const found = address ?? remoteAddr?.hostname ?? (typeof ip === 'function' && ip.call(info, request)?.address);
  return typeof found === 'string' ? found : '';
}
