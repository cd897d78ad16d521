import { ConnectionError } from './errors.ts';
import { redactUrl } from './redact.ts';

const redirects = new Set([301, 302, 303, 307, 308]);
const maxHops = 20;

export interface RedirectTarget {
  url: string;
  method: string;
  /** 307 and 308 repeat the request as it was; the others turn a POST into a GET without a body. */
  keepsBody: boolean;
}

/** Where a response sends us, or `undefined` if it is not a redirect. Throws `ConnectionError` for a loop or a bad address. */
export function redirectTarget(
  response: Response,
  from: string,
  method: string,
  hop: number,
): RedirectTarget | undefined {
  const location = redirects.has(response.status) ? response.headers.get('location') : null;
  if (location === null) return undefined;
  if (hop >= maxHops) throw new ConnectionError(`more than ${maxHops} redirects, the last from ${redactUrl(from)}`);
  let url: URL;
  try {
    url = new URL(location, from);
  } catch {
    throw new ConnectionError(`${redactUrl(from)} redirects to something that is not an address`);
  }
  if (!/^https?:$/.test(url.protocol))
    throw new ConnectionError(`${redactUrl(from)} redirects to ${url.protocol}, which is not followed`);
  const keepsBody = response.status === 307 || response.status === 308;
  const rewritten = keepsBody || method === 'GET' || method === 'HEAD' ? method : 'GET';
  return { url: url.href, method: rewritten, keepsBody };
}
