import { abortable } from '../../abortable.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { requestStorage } from '../storage.ts';

/**
 * Where a download comes from: a signed address (with `renew`, which gets another when it has expired), or a call that
 * answers with the bytes (`client.callRaw`). The call is made again when an address has expired, and is given the headers
 * (Range, If-Range) to send along; one that ignores them works too, but then an interrupted download starts over.
 */
export type DownloadFrom =
  | { url: string; renew?: (expired: string) => Promise<string> }
  | ((headers: Record<string, string>) => Promise<Response>);

/** The way that one request takes. */
export interface Route {
  /** It goes through the API, which has its own deadline and retries. */
  readonly throughApi: boolean;
  ask(headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  /** Its address is no longer valid: the next route has another one, unless there is one already. */
  expire(): void;
}

/** The address of one object, shared by all requests for it. */
export interface Address {
  /** Whether another can be asked for. */
  readonly renewable: boolean;
  /** Whether the next request goes through the API. */
  readonly throughApi: boolean;
  route(): Route;
}

/** The address of one object. */
export function createAddress(client: KaggleClient, from: DownloadFrom): Address {
  const call = typeof from === 'function' ? from : undefined;
  const renew = typeof from === 'function' ? undefined : from.renew;
  let url = typeof from === 'function' ? undefined : from.url;
  let renewing: Promise<void> | undefined;
  // Length and hash are those of the plain bytes. A page may not set this header.
  const plain = (headers: Record<string, string>): Record<string, string> =>
    client.platform.opaqueRedirects ? headers : { ...headers, 'accept-encoding': 'identity' };

  function renewFrom(expired: string, ask: (expired: string) => Promise<string>): void {
    const renewal = ask(expired).then((fresh) => {
      url = fresh;
    });
    renewing = renewal;
    // After a failure it stays: whoever asks next is told. Until then nobody waits for it.
    renewal.then(
      () => {
        renewing = undefined;
      },
      () => undefined,
    );
  }
  function throughCall(ask: (headers: Record<string, string>) => Promise<Response>): Route {
    return {
      throughApi: true,
      async ask(headers, signal) {
        const response = await abortable(ask(plain(headers)), signal);
        // Redirected to storage: later requests can go there directly.
        if (response.url && new URL(response.url).origin !== new URL(client.baseUrl).origin) url = response.url;
        return response;
      },
      expire: () => undefined,
    };
  }
  function direct(): Route {
    let used = url!;
    return {
      throughApi: false,
      async ask(headers, signal) {
        if (renewing) {
          await abortable(renewing, signal);
          used = url!;
        }
        return abortable(requestStorage(client, new Request(used, { headers: plain(headers), signal })), signal);
      },
      expire() {
        if (used !== url || renewing) return;
        if (call) url = undefined;
        else if (renew) renewFrom(used, renew);
      },
    };
  }

  return {
    renewable: call !== undefined || renew !== undefined,
    get throughApi() {
      return call !== undefined && url === undefined;
    },
    route: () => (call && url === undefined ? throughCall(call) : direct()),
  };
}
