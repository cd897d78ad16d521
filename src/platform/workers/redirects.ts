import { TransferError } from '../../core/errors.ts';
import { redactUrl } from '../../core/redact.ts';
import { redirectOf, stripForOtherOrigin } from '../../core/redirect.ts';

/**
 * Sends `request` with `send`, and follows redirects manually unless `redirect` is `manual`, so that each is counted: the global
 * `fetch` would send them unseen. Credentials are not sent to another origin. Throws `TransferError` for a loop, an invalid
 * URL, and a redirect that requires the body again.
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
