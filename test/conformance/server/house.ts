import { createEmulator, serveEmulator } from 'kaggle-ts/testing';
import type { Answer } from '../control.ts';
import { foreign } from './foreign.ts';
import { holdings, plant } from './holdings.ts';
import { type Listening, listen } from './listen.ts';
import { createRules } from './rules.ts';

/** Where the servers of one conformance run are. */
export interface Addresses {
  apiUrl: string;
  storageUrl: string;
  otherUrl: string;
  controlUrl: string;
}

export interface House extends Addresses {
  close(): Promise<void>;
}

/**
 * Four origins: the emulator's API, its storage, a foreign one, and the control, which also serves the page of the
 * browser run, so that its origin is the one that the emulator lets in.
 */
export async function openHouse(page: { html: string; script: string }): Promise<House> {
  const rules = createRules();
  const control: Listening = await listen(async (request) => {
    const { pathname } = new URL(request.url);
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
    if (pathname === '/page') return new Response(page.html, { headers: { 'content-type': 'text/html' } });
    if (pathname === '/page.js') return new Response(page.script, { headers: { 'content-type': 'text/javascript' } });
    return new Response('nothing here', { status: 404 });
  });

  const emulator = createEmulator({ allowedOrigins: [control.url] });
  let storageOrigin = '';
  const served = await serveEmulator({
    port: 0,
    storagePort: 0,
    emulator: {
      ...emulator,
      async fetch(request: Request): Promise<Response> {
        const place = new URL(request.url).origin === storageOrigin ? 'storage' : 'api';
        return rules.apply(place, request, control.url, emulator.fetch);
      },
    },
  });
  storageOrigin = new URL(served.storageUrl).origin;
  const options = { ...emulator.options };
  let { seed } = options;
  const other = await listen((request) => rules.apply('other', request, '*', foreign));

  return {
    apiUrl: served.url,
    storageUrl: served.storageUrl,
    otherUrl: other.url,
    controlUrl: control.url,
    async close() {
      await Promise.all([served.close(), other.close(), control.close()]);
    },
  };
}
