import { TransferError } from '../../core/errors.ts';
import { redactUrl } from '../../core/redact.ts';
import { redirectOf, stripForOtherOrigin } from '../../core/redirect.ts';

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
  let { method, url } = request;
  let response = await send(new Request(request, { redirect: 'manual' }));
  for (let hop = 0; ; hop++) {
    const { body } = response;
    const target = redirectOf(response, url, method, hop, (fault) => {
      body?.cancel().catch(() => undefined);
      return new TransferError(fault);
    });
    if (!target) return response;
    await body?.cancel();
    if (!target.keepsBody) headers.delete('content-type');
    else if (hadBody && target.method !== 'GET') {
      throw new TransferError(`cannot follow the redirect from ${redactUrl(url)}: the request body was already sent`);
    }
    if (new URL(target.url).origin !== new URL(url).origin) stripForOtherOrigin(headers);
    ({ method, url } = target);
    response = await send(new Request(url, { method, headers, redirect: 'manual', signal }));
  }
}
