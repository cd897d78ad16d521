import type { EmulatorOptions } from './types.ts';
import { WireError } from './wire.ts';

type Settings = Required<Pick<EmulatorOptions, 'allowedOrigins' | 'allowedHosts'>>;

/**
 * Refuses requests that a web page could have caused: an Origin that was not named, or a Host that is not ours (a name
 * that was made to point to loopback). Pushing a kernel runs code.
 */
export function checkCaller(request: Request, url: URL, { allowedOrigins, allowedHosts }: Settings): void {
  const host = request.headers.get('host') ?? url.host;
  if (allowedHosts.length > 0 && !allowedHosts.includes(host.toLowerCase()))
    throw new WireError(403, `host ${host} is not allowed: expected one of ${allowedHosts.join(', ')}`);
  const origin = request.headers.get('origin');
  if (origin !== null && !hiddenByRedirect(request) && !allowedOrigins.includes(origin))
    throw new WireError(403, `origin ${origin} is not allowed: add it to allowedOrigins (--allow-origin)`);
}

/**
 * A redirect from the API to the storage leaves the origin "null" behind. What is behind a signed address needs no
 * credential, only the signature; nothing else is open to pages without a name.
 */
function hiddenByRedirect(request: Request): boolean {
  return request.headers.get('origin') === 'null' && new URL(request.url).pathname.startsWith('/download/');
}

/** The answer with the header by which a browser lets the page read it, for the origins that were named. */
export function allowOrigin(response: Response, request: Request, { allowedOrigins }: Settings): Response {
  const origin = request.headers.get('origin');
  if (origin === null || allowedOrigins.length === 0) return response;
  if (!hiddenByRedirect(request) && !allowedOrigins.includes(origin)) return response;
  const headers = new Headers(response.headers);
  headers.set('access-control-allow-origin', origin);
  headers.set(
    'access-control-expose-headers',
    'range, content-range, content-length, etag, last-modified, x-goog-hash, retry-after, location, accept-ranges',
  );
  headers.append('vary', 'origin');
  return new Response(response.body, { status: response.status, headers });
}

/** The answer to a browser's question what it may send. */
export function preflight(request: Request, settings: Settings): Response {
  const headers = {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers':
      'authorization, content-type, content-range, range, if-range, accept, cache-control',
    'access-control-max-age': '600',
  };
  return allowOrigin(new Response(null, { status: 204, headers }), request, settings);
}
