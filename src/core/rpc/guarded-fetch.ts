import { authorization, type Credential } from '../auth/credential.ts';
import { ApiError } from '../errors.ts';
import { redactUrl } from '../redact.ts';
import { redirectOf, stripForOtherOrigin } from '../redirect.ts';

export interface Guard {
  baseUrl: string;
  /** What sends requests, redirects not followed. */
  fetch(target: string | Request, init: RequestInit): Promise<Response>;
  /** The token of the IAP proxy, if the API is behind one. */
  iapToken: string | undefined;
  /** Redirects cannot be followed by hand here (browsers). */
  opaqueRedirects: boolean;
}

/**
 * Sends a request and what its redirects lead to. Where they are followed by hand, `target` is an address, and the body can
 * be sent again, as 307 and 308 ask for.
 */
export type GuardedFetch = (
  target: string | Request,
  init: RequestInit & { headers: Headers },
  credential: Credential | undefined,
) => Promise<Response>;

/**
 * A fetch that adds the credential to requests to the API's own origin and to no other, and follows redirects by hand so
 * that this also holds for each hop. A request that has left its origin gets nothing back, wherever it is sent on to.
 */
export function guardedFetch({ baseUrl, fetch, iapToken, opaqueRedirects }: Guard): GuardedFetch {
  const api = new URL(baseUrl).origin;
  // To parse an address takes a tenth of a call on Deno: one that begins so is the API's own.
  const isHome = (url: string) => url.startsWith(`${api}/`) || new URL(url).origin === api;

  const send = (target: string | Request, init: Parameters<GuardedFetch>[1], credential?: Credential, home = true) => {
    const { headers } = init;
    headers.delete('authorization');
    headers.delete('proxy-authorization');
    if (!isHome(typeof target === 'string' ? target : target.url)) headers.delete('cookie');
    else if (home) {
      if (credential) headers.set('authorization', authorization(credential));
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
      // A `fetch` of the user's own may not say where it came from: a signed address is asked again.
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
