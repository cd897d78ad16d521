import { createEmulator, type Executor, serveEmulator } from 'kaggle-ts/testing';
import { type Front, openFront } from '../../tls/front.ts';
import { stranger } from '../../tls/identity.ts';
import type { Answer } from '../control.ts';
import type { Transport } from '../transports.ts';
import { foreign } from './foreign.ts';
import { holdings, plant } from './holdings.ts';
import { type Listening, listen } from './listen.ts';
import { createRecordedProxy } from './recording.ts';
import { createRules } from './rules.ts';

/** Addresses of the servers of one conformance run. */
export interface Addresses {
  apiUrl: string;
  storageUrl: string;
  otherUrl: string;
  untrustedUrl?: string;
  controlUrl: string;
  /** The control over TLS, with a record of all bytes: its proxy is for pages. Over TLS only. */
  recordedUrl?: string | undefined;
}

export interface Servers extends Addresses {
  close(): Promise<void>;
}

/**
 * Starts four origins: the emulator's API, its storage, a foreign one, and the control. The control also serves the page of
 * the browser run: its origin is the one that the emulator allows. All but the control use the transport `over`.
 */
export async function openServers(
  page: { html: string; script: string },
  over: Transport,
  executor: Executor,
): Promise<Servers> {
  const fronts: Front[] = [];
  const reach = async (url: string, options: Parameters<typeof openFront>[1] = {}): Promise<string> => {
    if (over === 'plain') return url;
    const front = await openFront(Number(new URL(url).port), { h2: over === 'h2', ...options });
    fronts.push(front);
    return front.url;
  };
  const rules = createRules();
  const control: Listening = await listen(async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/reset') {
      // Other ids than before: what still comes of a case that was given up must not meet the next one's.
      Object.assign(emulator.options, options, { seed: ++seed });
      await emulator.reset();
      rules.clear();
      return Response.json({});
    }
    if (pathname === '/options') {
      Object.assign(emulator.options, await request.json());
      return Response.json({});
    }
    if (pathname === '/seed') {
      plant(emulator, await request.json());
      return Response.json({});
    }
    if (pathname === '/holdings') return Response.json(await holdings(emulator));
    if (pathname === '/answer') {
      rules.add((await request.json()) as Answer);
      return Response.json({});
    }
    if (pathname === '/fault') {
      emulator.faults.add(await request.json());
      return Response.json({});
    }
    if (pathname === '/requests') return Response.json(rules.seen);
    if (pathname === '/cut') {
      proxy.cutAfter(((await request.json()) as { bytes: number }).bytes);
      return Response.json({});
    }
    if (pathname === '/recorded') return Response.json(proxy.recorded(searchParams.get('known') ?? ''));
    if (pathname.startsWith('/kaggle/')) return proxy.fetch(request);
    if (pathname === '/page') return new Response(page.html, { headers: { 'content-type': 'text/html' } });
    if (pathname === '/page.js') return new Response(page.script, { headers: { 'content-type': 'text/javascript' } });
    return new Response('nothing here', { status: 404 });
  });

  // Long enough for clients that do not wait to be found out, and no longer: hundreds of cases make a version.
  const delays = { lag: 60, processing: 150 };
  const emulator = createEmulator({ allowedOrigins: [control.url], executor, ...delays });
  const urls = { api: '', storage: '' };
  const served = await serveEmulator({
    port: 0,
    storagePort: 0,
    emulator: {
      ...emulator,
      async fetch(request: Request): Promise<Response> {
        const { origin, pathname, search } = new URL(request.url);
        const place = origin === served.storageUrl ? 'storage' : 'api';
        const asked = over === 'plain' ? request : new Request(urls[place] + pathname + search, request);
        return rules.apply(place, asked, control.url, emulator.fetch);
      },
    },
  });
  urls.api = await reach(served.url);
  urls.storage = await reach(served.storageUrl);
  emulator.options.storageOrigin = urls.storage;
  emulator.options.allowedHosts = [urls.api, urls.storage].map((url) => new URL(url).host);
  const proxy = createRecordedProxy({
    endpoint: urls.api,
    token: 'KGAT_test',
    storageUrl: () => urls.storage,
    origins: [control.url],
    fetch: emulator.fetch,
  });
  const options = { ...emulator.options };
  let { seed } = options;
  const other = await listen((request) => rules.apply('other', request, '*', foreign));

  return {
    apiUrl: urls.api,
    storageUrl: urls.storage,
    // The older version of TLS as well.
    otherUrl: await reach(other.url, { version: 'TLSv1.2' }),
    untrustedUrl: over === 'plain' ? undefined : await reach(other.url, { identity: stranger }),
    controlUrl: control.url,
    recordedUrl: over === 'tls' ? await reach(control.url, { tap: proxy.tap }) : undefined,
    async close() {
      for (const front of fronts) front.close();
      await Promise.all([served.close(), other.close(), control.close()]);
    },
  };
}
