import ky, { type KyInstance } from 'ky';
import { redirectTarget } from './redirect.ts';

export interface HttpSettings {
  baseUrl: string;
  userAgent: string;
  fetch?: (request: Request) => Promise<Response>;
  /** Headers that only the API's own origin may see. */
  credentials(): Promise<Record<string, string>>;
  /** Redirects cannot be followed by hand here (browsers). */
  opaqueRedirects: boolean;
  timeoutMs: number | false;
}

/**
 * A fetch that adds the credential to requests to the API's own origin and to no other, and follows redirects by hand so
 * that this also holds for each hop. The headers are set below ky: its requests, and so its errors, never hold a secret.
 */
function guardedFetch(settings: HttpSettings): (request: Request, text?: string) => Promise<Response> {
  const origin = new URL(settings.baseUrl).origin;
  // Called without a receiver: the global fetch of browsers and Workers refuses any other.
  const custom = settings.fetch;

  async function send(url: string | Request, init: RequestInit & { headers: Headers }): Promise<Response> {
    const { headers } = init;
    headers.delete('authorization');
    headers.delete('proxy-authorization');
    if (new URL(typeof url === 'string' ? url : url.url).origin === origin) {
      for (const [name, value] of Object.entries(await settings.credentials())) headers.set(name, value);
    }
    return custom ? custom(new Request(url, init)) : fetch(url, init);
  }

  return async (request, text) => {
    const headers = new Headers(request.headers);
    if (settings.opaqueRedirects) return send(request, { headers, body: text });
    const { signal } = request;
    // Kept, because 307 and 308 repeat it.
    let body: BodyInit | undefined = text ?? (request.body ? await request.arrayBuffer() : undefined);
    let { url, method } = request;
    for (let hop = 0; ; hop++) {
      const response = await send(url, { method, headers, body, signal, redirect: 'manual' });
      const target = request.redirect === 'manual' ? undefined : redirectTarget(response, url, method, hop);
      // Where it came from, also where a `fetch` of the user's own does not say: a signed address is asked again.
      if (!target) return response.url ? response : Object.defineProperty(response, 'url', { value: url });
      await response.body?.cancel();
      if (!target.keepsBody) {
        body = undefined;
        headers.delete('content-type');
      }
      ({ url, method } = target);
    }
  };
}

/** What sends requests to the API. */
export interface Http {
  /** ky with the client's base address, user agent and credential rules. */
  readonly ky: KyInstance;
  /** One POST of a text to an absolute address: no retries, no timeout, no error for a status. */
  post(
    url: string,
    init: { headers: Record<string, string>; body: string; redirect: RequestRedirect; signal: AbortSignal },
  ): Promise<Response>;
}

/** The only place that knows ky. */
export function createHttp(settings: HttpSettings): Http {
  const guarded = guardedFetch(settings);
  const instance = ky.create({
    baseUrl: `${settings.baseUrl}/`,
    fetch: (request) => guarded(request as Request),
    timeout: settings.timeoutMs,
    // The user agent is not a header that a page may set.
    headers: settings.opaqueRedirects ? {} : { 'user-agent': settings.userAgent },
  });
  return {
    ky: instance,
    post: (url, { headers, body, redirect, signal }) =>
      instance(url, {
        method: 'POST',
        headers,
        redirect,
        signal,
        // The text goes past ky: its request would only turn it into a stream that has to be read again.
        fetch: (request) => guarded(request as Request, body),
        retry: 0,
        timeout: false,
        throwHttpErrors: false,
      }),
  };
}
