import { requestStorage } from '../core/transfer/storage.ts';
import { changedUrl, changesWhenParsed } from '../core/web-url.ts';
import { ask, redirectTarget, refuseAs, requireStorage } from './ask.ts';
import { type Exchange, hiding } from './exchange.ts';
import { partHeadersOf } from './part-headers.ts';
import { Refusal } from './refusal.ts';
import { relayFile } from './relay.ts';
import { passedHeaders } from './responses.ts';
import { secretsOfUrl } from './signed.ts';

const mostHops = 5;

/** Carries out `GET transfer/{sealed}`: a download, or a part of one. */
export async function forwardDownload(exchange: Exchange, sealed: string): Promise<Response> {
  const { addresses, client, request, user } = exchange;
  // Lengths and checksums are those of the unencoded bytes.
  const headers = { ...partHeadersOf(request), 'accept-encoding': 'identity' };
  let url = await addresses.open('download', sealed, user);
  // A status that is not retried.
  if (changesWhenParsed(url)) throw new Refusal(422, `the file cannot be requested: ${changedUrl}`, 'storage');
  for (let hop = 0; hop <= mostHops; hop++) {
    const from = requireStorage(new URL(url), exchange).href;
    const response = await ask(exchange, (signal) =>
      requestStorage(client, new Request(from, { headers, redirect: 'manual', signal })),
    );
    const target = redirectTarget(response, from, hop);
    if (!target) {
      const { status } = response;
      if (status === 416) return new Response(null, { status, headers: passedHeaders(response, ['content-range']) });
      return status === 200 || status === 206
        ? relayFile(response, exchange)
        : refuseAs(response, hiding(exchange, secretsOfUrl(from)));
    }
    url = target.href;
  }
  throw new Refusal(502, `the storage sent more than ${mostHops} redirects`, 'storage');
}
