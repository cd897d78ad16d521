import type { KaggleClient } from '../../rpc/client.ts';
import { requestStorage } from '../storage.ts';
import { abortable } from '../watchdog.ts';

/**
 * Where a download comes from: a signed address (with `renew`, which gets another when it has expired), or a call that answers with the bytes (`client.callRaw`). The call is
 * made again when an address has expired, and is handed the headers (Range, If-Range) to send along; one that ignores
 * them works too, but then an interrupted download starts over.
 */
export type DownloadFrom =
  | { url: string; renew?: (expired: string) => Promise<string> }
  | ((headers: Record<string, string>) => Promise<Response>);

/** Asks for the bytes, at the address that the first answer came from if there is one. */
export interface Address {
  /** The next request goes through the API, which has its own deadline and retries. */
  readonly throughApi: boolean;
  /** Whether the API can be asked for another address. */
  readonly renewable: boolean;
  ask(headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  /** Forgets an address that is no longer valid. */
  expire(): void;
}

/** The address of one download. */
export function createAddress(client: KaggleClient, from: DownloadFrom): Address {
  const call = typeof from === 'function' ? from : undefined;
  const renew = typeof from === 'function' ? undefined : from.renew;
  let url = typeof from === 'function' ? undefined : from.url;
  let renewing: Promise<void> | undefined;
  // Length and hash are those of the plain bytes. A page may not set this header.
  const plain = (headers: Record<string, string>): Record<string, string> =>
    client.platform.opaqueRedirects ? headers : { ...headers, 'accept-encoding': 'identity' };
  return {
    get throughApi() {
      return call !== undefined && url === undefined;
    },
    async ask(headers, signal) {
      if (renewing) await abortable(renewing, signal);
      if (url === undefined) {
        const response = await abortable(call!(headers), signal);
        // Redirected to storage: later requests can go there directly.
        if (response.url && new URL(response.url).origin !== new URL(client.baseUrl).origin) url = response.url;
        return response;
      }
      const request = new Request(url, { headers: plain(headers), signal });
      return abortable(requestStorage(client, request), signal);
    },
    renewable: call !== undefined || renew !== undefined,
    expire() {
      if (call) url = undefined;
      if (!renew || renewing) return;
      const renewal = renew(url!).then((fresh) => {
        url = fresh;
      });
      // Until somebody asks, nobody waits for it.
      renewal.catch(() => undefined);
      renewing = renewal;
      renewal.then(
        () => {
          renewing = undefined;
        },
        () => undefined,
      );
    },
  };
}
