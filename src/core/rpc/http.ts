import ky, { type KyInstance } from 'ky';
import { authorization, type Credential } from '../auth/credential.ts';
import { redirectTarget } from './redirect.ts';

export interface HttpSettings {
  baseUrl: string;
  userAgent: string;
  fetch?: (request: Request) => Promise<Response>;
  /** The credential of requests through `ky`. */
  credential(): Promise<Credential | undefined>;
  /** The token of the IAP proxy, if the API is behind one. */
  iapToken: string | undefined;
  /** Redirects cannot be followed by hand here (browsers). */
  opaqueRedirects: boolean;
  timeoutMs: number | false;
}

/**
 * A fetch that adds the credential to requests to the API's own origin and to no other, and follows redirects by hand so
 * that this also holds for each hop. The headers are set below ky: its requests, and so its errors, never hold a secret.
 */
function guardedFetch(
  settings: HttpSettings,
): (request: Request, credential: Credential | undefined, text?: string) => Promise<Response> {
  const { baseUrl, iapToken } = settings;
  const { origin } = new URL(baseUrl);
  // Called without a receiver: the global fetch of browsers and Workers refuses any other.
  const custom = settings.fetch;

  function send(
    url: string | Request,
    init: RequestInit & { headers: Headers },
    credential: Credential | undefined,
  ): Promise<Response> {
    const { headers } = init;
    headers.delete('authorization');
    headers.delete('proxy-authorization');
    if (new URL(typeof url === 'string' ? url : url.url).origin === origin) {
      if (credential) headers.set('authorization', authorization(credential));
      if (iapToken) headers.set('proxy-authorization', `Bearer ${iapToken}`);
    } else headers.delete('cookie');
    return custom ? custom(new Request(url, init)) : fetch(url, init);
  }

  return async (request, credential, text) => {
    const headers = new Headers(request.headers);
    if (settings.opaqueRedirects) return send(request, { headers, body: text }, credential);
    const { signal } = request;
    // Kept, because 307 and 308 repeat it.
    let body: BodyInit | null | undefined = text ?? (request.body && (await request.arrayBuffer()));
    let { url, method } = request;
    for (let hop = 0; ; hop++) {
      const response = await send(url, { method, headers, body, signal, redirect: 'manual' }, credential);
      const target = request.redirect !== 'manual' && redirectTarget(response, url, method, hop);
      // A `fetch` of the user's own may not say where it came from: a signed address is asked again.
      if (!target) return Object.defineProperty(response, 'url', { value: url });
      await response.body?.cancel();
      if (!target.keepsBody) {
        body = undefined;
        headers.delete('content-type');
      }
      ({ url, method } = target);
    }
  };
}

/** A call. */
export interface Post {
  credential: Credential | undefined;
  headers: Record<string, string>;
  body: string;
  redirect: RequestRedirect;
  /** Aborts the request, and the pause before the next one. */
  signal: AbortSignal;
  /** Attempts after the first. */
  retries: number;
  take(answer: Promise<Response>): Promise<void>;
  pause(error: unknown, attempt: number): number | undefined;
}

/** What sends requests to the API. */
export interface Http {
  /** ky with the client's base address, user agent and credential rules. */
  readonly ky: KyInstance;
  /**
   * POSTs a text to an absolute address and hands each answer, also one that is an error, to `take`. When that throws,
   * or no answer comes, `pause` says after how many milliseconds the request is repeated; `undefined` for not at all.
   */
  post(url: string, request: Post): Promise<void>;
}

/** The only place that knows ky. */
export function createHttp(settings: HttpSettings): Http {
  const guarded = guardedFetch(settings);
  const instance = ky.create({
    baseUrl: `${settings.baseUrl}/`,
    fetch: async (request) => guarded(request as Request, await settings.credential()),
    timeout: settings.timeoutMs,
    // The user agent is not a header that a page may set.
    headers: settings.opaqueRedirects ? {} : { 'user-agent': settings.userAgent },
  });
  return {
    ky: instance,
    async post(url, { credential, body, retries, take, pause, ...init }) {
      let delay: number | undefined;
      await instance(url, {
        ...init,
        method: 'POST',
        // The text goes past ky: its request would only turn it into a stream that has to be read again.
        async fetch(request) {
          const answer = guarded(request as Request, credential, body);
          await take(answer);
          return answer;
        },
        retry: {
          limit: retries,
          methods: ['post'],
          shouldRetry({ error, retryCount }) {
            delay = pause(error, retryCount);
            return delay !== undefined;
          },
          delay: () => delay!,
        },
        timeout: false,
        throwHttpErrors: false,
      });
    },
  };
}
