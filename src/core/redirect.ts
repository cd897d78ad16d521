import { redactUrl } from './redact.ts';
import { parseWebUrl } from './web-url.ts';

const maxHops = 20;

/** The request that a redirect response asks for. */
export interface Redirect {
  readonly url: string;
  readonly method: string;
  /** `true` for 307 and 308, which repeat the request; other statuses turn a POST into a GET without a body. */
  readonly keepsBody: boolean;
}

/** Headers that contain no information about the sender. */
const harmless = /^(?:accept|accept-.*|content-type|user-agent|range|if-.*|cache-control)$/;

/** Removes all headers that must not be sent to another origin: everything that is not known to be harmless. */
export function stripForOtherOrigin(headers: Headers): void {
  for (const name of [...headers.keys()]) if (!harmless.test(name)) headers.delete(name);
}

/**
 * Returns the request that follows a response to `method` and `from` after `hop` redirects; `undefined` if it is not a redirect.
 * Throws the error of `fail` for a redirect that cannot be followed (a loop or an invalid URL).
 */
export function redirectOf(
  { status, headers }: Response,
  from: string,
  method: string,
  hop: number,
  fail: (fault: string) => Error,
): Redirect | undefined {
  const location = headers.get('location');
  if (location === null || status < 300 || status > 399) return undefined;
  const url = parseWebUrl(location, from);
  if (hop >= maxHops || !url) {
    throw fail(`${redactUrl(from)}: ${url ? `more than ${maxHops} redirects` : 'redirects to an invalid URL'}`);
  }
  const keepsBody = status === 307 || status === 308;
  return { url: url.href, method: keepsBody || method === 'HEAD' ? method : 'GET', keepsBody };
}
