import { abortable } from '../../abortable.ts';
import { TransferError } from '../../errors.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { changedUrl, changesWhenParsed } from '../../web-url.ts';
import { requestStorage, transferHeaders, transferPath } from '../storage.ts';

/**
 * Where a download comes from: a signed URL (with `renew`, which returns a new one after it expired), or a call that returns the
 * bytes (`client.callRaw`). The call is repeated when a URL has expired, and receives headers to send (Range, If-Range); one
 * that ignores them works too, but an interrupted download then starts over.
 */
export type DownloadFrom =
  | { url: string; renew?: (expired: string) => Promise<string> }
  | ((headers: Record<string, string>) => Promise<Response>);

/** The way one request takes: through the API, or directly to the storage. */
export interface Route {
  /** The request goes through the API, which has its own deadline and retries. */
  readonly throughApi: boolean;
  send(headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  /** Reports that the URL has expired: the next route uses another one, unless there is one already. */
  expire(): void;
}

/** The URL of one object, shared by all its requests. */
export interface Address {
  /** Whether another URL can be requested. */
  readonly renewable: boolean;
  /** Whether the next request goes through the API. */
  readonly throughApi: boolean;
  route(): Route;
}

/** Creates the shared address of an object. */
export function createAddress(client: KaggleClient, from: DownloadFrom): Address {
  const call = typeof from === 'function' ? from : undefined;
  const renew = typeof from === 'function' ? undefined : from.renew;
  let url = typeof from === 'function' ? undefined : from.url;
  let renewing: Promise<void> | undefined;
  // Length and checksum are those of the unencoded bytes. Browsers do not let a page set this header.
  const plain = (headers: Record<string, string>): Record<string, string> =>
    client.platform.opaqueRedirects ? headers : { ...headers, 'accept-encoding': 'identity' };

  /** Whether a URL is that of the API; a proxy has the URLs of transfers, too. */
  const isApi = (at: string) =>
    new URL(at).origin === new URL(client.baseUrl).origin && !at.startsWith(client.baseUrl + transferPath);

  function renewFrom(expired: string, ask: (expired: string) => Promise<string>): void {
    const renewal = ask(expired).then((fresh) => {
      url = fresh;
    });
    renewing = renewal;
    // After a failure it stays, so that the next request fails with it. Until then nobody waits for it.
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
      async send(headers, signal) {
        const response = await abortable(ask(plain(headers)), signal);
        // After a redirect to the storage, later requests go there directly.
        if (response.url && !isApi(response.url)) url = response.url;
        return response;
      },
      expire: () => undefined,
    };
  }
  function direct(): Route {
    let used = url!;
    return {
      throughApi: false,
      async send(headers, signal) {
        if (renewing) {
          await abortable(renewing, signal);
          used = url!;
        }
        if (changesWhenParsed(used)) throw new TransferError(changedUrl);
        return abortable(
          requestStorage(
            client,
            new Request(used, { headers: { ...plain(headers), ...transferHeaders(client, used) }, signal }),
          ),
          signal,
        );
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
