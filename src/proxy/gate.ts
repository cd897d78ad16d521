import { proxyHeader } from '../core/auth/credential.ts';
import { parseWebUrl } from '../core/web-url.ts';
import { Refusal } from './refusal.ts';
import { emptyResponse } from './responses.ts';
import type { Route } from './route.ts';

/** Header names that pages of other origins may send and read. */
const sent = [proxyHeader, 'accept', 'authorization', 'content-range', 'content-type', 'if-range', 'range'];
const read = ['accept-ranges', 'content-length', 'content-range', 'etag', 'last-modified', 'range', 'retry-after'];
const readStorage = ['x-goog-hash', 'x-goog-stored-content-encoding'];

/** Whether the request comes from a page of the same origin. */
function isOwn(request: Request, origin: string): boolean {
  const page = parseWebUrl(origin);
  if (page?.origin !== origin) return false;
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const { host, protocol } = new URL(request.url);
  // A server that terminates TLS may hide https, but no server adds it: anyone on the network can change a page without it.
  return page.host === host && (page.protocol === protocol || page.protocol === 'https:');
}

/**
 * Throws `Refusal` unless the request comes from a page that may use the proxy, or from no page. Returns the origin, if it must be
 * allowed by CORS.
 */
export function checkOrigin(request: Request, origins: readonly string[] | undefined): string | undefined {
  const { headers } = request;
  const origin = headers.get('origin');
  if (origin === null) {
    const site = headers.get('sec-fetch-site') ?? 'none';
    if (site === 'same-origin' || site === 'none') return undefined;
    throw new Refusal(
      403,
      `requests from other sites are not allowed (sec-fetch-site: ${site.slice(0, 20)})`,
      'origins',
    );
  }
  if (origins ? origins.includes(origin) : isOwn(request, origin)) return origin;
  const known = /^https?:\/\/[\w.:[\]-]{1,253}$/.test(origin) ? origin : 'in the request';
  throw new Refusal(403, `the origin ${known} is not allowed; add it to origins of the proxy`, 'origins');
}

/**
 * Throws `Refusal` unless the request has the headers that a page of another origin cannot send without permission, and returns the
 * base URL that the client uses.
 */
export function checkHeaders(request: Request, { type }: Route): string {
  const { headers } = request;
  const text = headers.get(proxyHeader);
  const base = /^https?:\/\/[\w.:[\]-]+(?:\/[\w.~/-]*)?$/i.test(text ?? '') ? parseWebUrl(text!) : undefined;
  if (!base) {
    const got = text === null ? 'none' : 'another value';
    throw new Refusal(
      400,
      `expected the header ${proxyHeader} with the URL of the proxy, got ${got}; use createClient({ endpoint, credential: 'proxy' })`,
      proxyHeader,
    );
  }
  if (type === 'call' && !/^application\/json(?:; ?charset=utf-8)?$/i.test(headers.get('content-type') ?? ''))
    throw new Refusal(415, 'expected the content type application/json', 'content-type');
  if (!/^(?:identity)?$/i.test(headers.get('content-encoding') ?? ''))
    throw new Refusal(415, 'expected a body without content-encoding', 'content-encoding');
  return base.origin + base.pathname.replace(/\/+$/, '');
}

/** Permits the page to read the response. */
export function allowOrigin(response: Response, origin: string | undefined): Response {
  response.headers.append('vary', 'origin');
  if (origin === undefined) return response;
  response.headers.set('access-control-allow-origin', origin);
  response.headers.set('access-control-allow-credentials', 'true');
  response.headers.set('access-control-expose-headers', [...read, ...readStorage].join(', '));
  return response;
}

/** The response to a preflight request for a route. */
export function preflight({ type }: Route): Response {
  const method = type === 'call' ? 'POST' : type === 'upload' ? 'PUT' : 'GET';
  return emptyResponse({
    'access-control-allow-methods': method,
    'access-control-allow-headers': sent.join(', '),
    'access-control-max-age': '600',
  });
}
