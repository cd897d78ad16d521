import { TransferError } from '../../core/errors.ts';
import { redactUrl } from '../../core/redact.ts';
import { parseWebUrl } from '../../core/web-url.ts';

const maxHops = 20;

/**
 * Sends `request` by `send`, and follows redirects by hand if the request asks for that: each is a request of its own,
 * which the global `fetch` would make unseen. A credential goes to no other origin. Throws `TransferError` for a loop, an
 * address that is not of the web, and a redirect that wants a body again.
 */
export async function followRedirects(
  request: Request,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  if (request.redirect === 'manual') return send(request);
  const { signal } = request;
  const headers = new Headers(request.headers);
  const hadBody = request.body !== null;
  let response = await send(new Request(request, { redirect: 'manual' }));
  let { method, url } = request;
  for (let hop = 1; ; hop++) {
    const location = isRedirect(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    const target = parseWebUrl(location, url);
    if (hop > maxHops) throw new TransferError(`more than ${maxHops} redirects, the last from ${redactUrl(url)}`);
    if (!target) {
      throw new TransferError(`${redactUrl(url)} redirects to no web address`);
    }
    const keepsMethod = response.status === 307 || response.status === 308 || method === 'GET' || method === 'HEAD';
    if (!keepsMethod) {
      method = 'GET';
      headers.delete('content-type');
    } else if (hadBody && method !== 'GET') {
      throw new TransferError(`${redactUrl(url)} redirects a request whose body was sent already`);
    }
    if (target.origin !== new URL(url).origin) {
      for (const name of ['authorization', 'proxy-authorization', 'cookie']) headers.delete(name);
    }
    url = target.href;
    response = await send(new Request(url, { method, headers, redirect: 'manual', signal }));
  }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
