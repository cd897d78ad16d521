import { redactUrl } from './redact.ts';
import { parseWebUrl } from './web-url.ts';

const maxHops = 20;

/** Where an answer sends a request on to. */
export interface Redirect {
  readonly url: string;
  readonly method: string;
  /** 307 and 308 repeat the request as it was; the others turn a POST into a GET without a body. */
  readonly keepsBody: boolean;
}

/** Headers that say what is wanted and nothing of who asks. */
const harmless = /^(?:accept|accept-.*|content-type|user-agent|range|if-.*|cache-control)$/;

/** Takes off what a request must not carry to another origin: anything else was given for the first one. */
export function stripForOtherOrigin(headers: Headers): void {
  for (const name of [...headers.keys()]) if (!harmless.test(name)) headers.delete(name);
}

/**
 * Where an answer to `method` and `from` leads after `hop` redirects; `undefined` if it is no redirect. For one that
 * cannot be followed (a loop, an address that is not of the web), `fail` makes the error.
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
