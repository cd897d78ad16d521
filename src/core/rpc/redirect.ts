import { ApiError } from '../errors.ts';
import { redactUrl } from '../redact.ts';
import { parseWebUrl } from '../web-url.ts';

const maxHops = 20;

export interface RedirectTarget {
  url: string;
  method: string;
  /** 307 and 308 repeat the request as it was; the others turn a POST into a GET without a body. */
  keepsBody: boolean;
}

/** Where a response sends us, or `undefined` if it is not a redirect. Throws `ApiError` for a loop or a bad address. */
export function redirectTarget(
  response: Response,
  from: string,
  method: string,
  hop: number,
): RedirectTarget | undefined {
  const { status, headers } = response;
  const location = headers.get('location');
  if (location === null || status < 300 || status > 399) return undefined;
  const url = parseWebUrl(location, from);
  if (hop >= maxHops || !url) {
    const path = redactUrl(from);
    const fault = hop < maxHops ? 'redirects to no web address' : `more than ${maxHops} redirects`;
    throw new ApiError(`${path}: ${fault}`, { status, method: path });
  }
  const keepsBody = status === 307 || status === 308;
  const rewritten = keepsBody || method === 'HEAD' ? method : 'GET';
  return { url: url.href, method: rewritten, keepsBody };
}
