/** What Deno and Bun pass to a handler, and the Node adapter of this package. */
interface Info {
  readonly address?: unknown;
  readonly remoteAddr?: { readonly hostname?: unknown };
  requestIP?(request: Request): { readonly address?: unknown } | null;
}

/**
 * The network that counts as one client: an IPv4 address, or the 64 bits of an IPv6 address that a provider assigns, as a client can
 * choose the others.
 */
function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address) ?? [];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [left = '', right] = address.split('%')[0]!.split('::');
  const groups = (text = '') => text.split(':').filter((group) => group !== '');
  const zeros = right === undefined ? 0 : Math.max(0, 8 - groups(left).length - groups(right).length);
  const all = [...groups(left), ...new Array<string>(zeros).fill('0'), ...groups(right)];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/**
 * The network address of the client as the runtime tells it, for IPv6 its network; empty if it does not. Headers count on Cloudflare only, where clients
 * cannot set this one.
 */
export function addressOf(request: Request, info: unknown): string {
  if ('cf' in request && request.cf) return networkOf(request.headers.get('cf-connecting-ip') ?? '');
  if (typeof info !== 'object' || info === null) return '';
  const { address, remoteAddr } = info as Info;
  const ip = (info as Info).requestIP;
  const found = address ?? remoteAddr?.hostname ?? (typeof ip === 'function' && ip.call(info, request)?.address);
  return typeof found === 'string' ? networkOf(found) : '';
}
