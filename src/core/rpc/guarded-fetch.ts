import { authorization, type Credential, proxyHeader } from '../auth/credential.ts';
import { ApiError } from '../errors.ts';
import { redactUrl } from '../redact.ts';
import { redirectOf, stripForOtherOrigin } from '../redirect.ts';

export interface GuardedFetchOptions {
  baseUrl: string;
  /** Sends a request without following redirects. */
  fetch(target: string | Request, init: RequestInit): Promise<Response>;
  /** Token of the IAP proxy in front of the API, if there is one. */
  iapToken: string | undefined;
  /** Redirects cannot be followed manually (browsers). */
  opaqueRedirects: boolean;
}

/**
 * Sends a request and follows its redirects. Where that is done manually, `target` is a URL, and the body can be sent again, as 307
 * and 308 require.
 */
export type GuardedFetch = (
  target: string | Request,
  init: RequestInit & { headers: Headers },
  credential: Credential | undefined,
) => Promise<Response>;

/**
 * Creates a fetch that sends the credential only to the origin of the API. It follows redirects manually, so that this also holds
 * for each hop. After a redirect to another origin, the credential is not sent again, even if a later hop leads back.
 */
export function guardedFetch({ baseUrl, fetch, iapToken, opaqueRedirects }: GuardedFetchOptions): GuardedFetch {
  const api = new URL(baseUrl).origin;
  // Parsing a URL takes a tenth of a call on Deno, so the prefix is compared first.
  const isHome = (url: string) => url.startsWith(`${api}/`) || new URL(url).origin === api;

  const send = (target: string | Request, init: Parameters<GuardedFetch>[1], credential?: Credential, home = true) => {
    const { headers } = init;
    headers.delete('authorization');
    headers.delete('proxy-authorization');
    if (!isHome(typeof target === 'string' ? target : target.url)) headers.delete('cookie');
    else if (home) {
      if (credential?.type === 'proxy') headers.set(proxyHeader, baseUrl);
      else if (credential) headers.set('authorization', authorization(credential));
      if (iapToken) headers.set('proxy-authorization', `Bearer ${iapToken}`);
    }
    return fetch(target, init);
  };
  if (opaqueRedirects) return send;

  return async (target, init, credential) => {
    let { method = 'GET', body } = init;
    let url = String(target);
    let home = true;
    for (let hop = 0; ; hop++) {
      const response = await send(url, { ...init, method, body, redirect: 'manual' }, credential, home);
      const fail = (fault: string) => {
        response.body?.cancel().catch(() => undefined);
        return new ApiError(fault, { status: response.status, method: redactUrl(url) });
      };
      const next = init.redirect !== 'manual' && redirectOf(response, url, method, hop, fail);
      // A custom `fetch` may not set the URL of its responses, which is needed to request a signed URL again.
      if (!next)
        return response.url === url
          ? response
          : Object.defineProperty(response, 'url', { value: url, configurable: true });
      if (init.redirect === 'error') throw fail(`${redactUrl(url)}: got a redirect, which redirect: 'error' forbids`);
      await response.body?.cancel();
      if (!next.keepsBody) {
        body = null;
        init.headers.delete('content-type');
      }
      if (new URL(next.url).origin !== new URL(url).origin) {
        home = false;
        stripForOtherOrigin(init.headers);
      }
      ({ url, method } = next);
    }
  };
}
