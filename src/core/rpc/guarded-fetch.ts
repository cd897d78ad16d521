import { authorization, type Credential } from '../auth/credential.ts';
import { ApiError } from '../errors.ts';
import { redactUrl } from '../redact.ts';
import { redirectOf } from '../redirect.ts';

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
 * that this also holds for each hop.
 */
export function guardedFetch({ baseUrl, fetch, iapToken, opaqueRedirects }: Guard): GuardedFetch {
  const { origin } = new URL(baseUrl);

  const send: GuardedFetch = (target, init, credential) => {
    const { headers } = init;
    headers.delete('authorization');
    headers.delete('proxy-authorization');
    if (new URL(typeof target === 'string' ? target : target.url).origin === origin) {
      if (credential) headers.set('authorization', authorization(credential));
      if (iapToken) headers.set('proxy-authorization', `Bearer ${iapToken}`);
    } else headers.delete('cookie');
    return fetch(target, init);
  };
  if (opaqueRedirects) return send;

  return async (target, init, credential) => {
    let { method = 'GET', body } = init;
    let url = String(target);
    for (let hop = 0; ; hop++) {
      const response = await send(url, { ...init, method, body, redirect: 'manual' }, credential);
      const fail = (fault: string) => {
        response.body?.cancel().catch(() => undefined);
        return new ApiError(fault, { status: response.status, method: redactUrl(url) });
      };
      const next = init.redirect !== 'manual' && redirectOf(response, url, method, hop, fail);
      // A `fetch` of the user's own may not say where it came from: a signed address is asked again.
      if (!next) return Object.defineProperty(response, 'url', { value: url });
      await response.body?.cancel();
      if (!next.keepsBody) {
        body = null;
        init.headers.delete('content-type');
      }
      ({ url, method } = next);
    }
  };
}
