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
function guardedFetch(settings: HttpSettings): (request: Request) => Promise<Response> {
  const origin = new URL(settings.baseUrl).origin;
  // Called without a receiver: the global fetch of browsers and Workers refuses any other.
  const custom = settings.fetch;
  const own = (url: string) => url.startsWith(origin) && new URL(url).origin === origin;

  async function send(request: Request, redirect: RequestRedirect): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.delete('authorization');
    headers.delete('proxy-authorization');
    if (own(request.url))
      for (const [name, value] of Object.entries(await settings.credentials())) headers.set(name, value);
    return custom ? custom(new Request(request, { headers, redirect })) : fetch(request, { headers, redirect });
  }

  return async (first) => {
    if (first.redirect !== 'follow' || settings.opaqueRedirects) return send(first, first.redirect);
    let request = first;
    for (let hop = 0; ; hop++) {
      const replay = request.body ? request.clone() : request;
      const response = await send(request, 'manual');
      const target = redirectTarget(response, request.url, request.method, hop);
      if (!target) {
        if (replay !== request) await replay.body?.cancel();
        return response;
      }
      await response.body?.cancel();
      const headers = new Headers(replay.headers);
      if (!target.keepsBody) headers.delete('content-type');
      request = new Request(target.url, {
        method: target.method,
        headers,
        signal: replay.signal,
        ...(target.keepsBody && replay.body ? { body: await replay.arrayBuffer() } : {}),
      });
    }
  };
}

/** ky with the client's base address, user agent and credential rules. The only place that knows ky. */
export function createHttp(settings: HttpSettings): KyInstance {
  const guarded = guardedFetch(settings);
  return ky.create({
    baseUrl: `${settings.baseUrl}/`,
    fetch: (input, init) => guarded(input instanceof Request ? input : new Request(input, init)),
    timeout: settings.timeoutMs,
    // The user agent is not a header that a page may set.
    headers: settings.opaqueRedirects ? {} : { 'user-agent': settings.userAgent },
  });
}
