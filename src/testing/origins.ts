import type { EmulatorOptions } from './emulator-options.ts';
import { WireError } from './wire.ts';

type Settings = Required<Pick<EmulatorOptions, 'allowedOrigins' | 'allowedHosts'>>;

/**
 * Refuses requests that a web page may have caused, as pushing a kernel runs code: those with an Origin that is not in
 * `allowedOrigins`, or with a foreign Host (DNS rebinding).
 */
export function checkCaller(request: Request, url: URL, { allowedOrigins, allowedHosts }: Settings): void {
  const host = request.headers.get('host') ?? url.host;
  if (allowedHosts.length > 0 && !allowedHosts.includes(host.toLowerCase()))
    throw new WireError(403, `host ${host} is not allowed; expected one of ${allowedHosts.join(', ')}`);
  const origin = request.headers.get('origin');
  if (origin !== null && !hiddenByRedirect(request) && !allowedOrigins.includes(origin))
    throw new WireError(403, `origin ${origin} is not allowed; add it to allowedOrigins (--allow-origin)`);
}

/**
 * Whether the origin is "null" because the API redirected a page to the storage. A signed URL needs no other
 * credential; all other requests with the origin "null" are refused.
 */
function hiddenByRedirect(request: Request): boolean {
  return request.headers.get('origin') === 'null' && new URL(request.url).pathname.startsWith('/download/');
}

/** Adds CORS headers to the response for allowed origins, so that the page can read it. */
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

/** The response to a CORS preflight request. */
export function preflight(request: Request, settings: Settings): Response {
  const headers = {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers':
      'authorization, content-type, content-range, range, if-range, accept, cache-control',
    'access-control-max-age': '600',
  };
  return allowOrigin(new Response(null, { status: 204, headers }), request, settings);
}
