/** Starts what `npm run dashboard` shows: the emulator with its samples, the server of the app, and the page. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createClient, type KaggleClient } from '../../src/node.ts';
import { nodeHandler } from '../../src/proxy/node.ts';
import { pyodideExecutor, serveEmulator } from '../../src/testing/index.ts';
import { buildPage, example } from './build.ts';
import type { Flags } from './flags.ts';
import { registerSources, sources } from './sources.ts';

/** A dashboard that is being served. */
export interface Dashboard {
  /** Address of the page. */
  url: string;
  /** URL of the API behind it. */
  endpoint: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening').catch((error: Error & { code?: string }) => {
    const reasons: Record<string, string> = { EADDRINUSE: 'it is already in use', EACCES: 'permission denied' };
    const why = reasons[error.code ?? ''] ?? error.message;
    throw new Error(`cannot listen on port ${port}: ${why}; pass another --port, or 0 for any free port`);
  });
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

/** What comes before the app: Vite's development server, with its own headers; `undefined` for the built page. */
async function watchPage(server: Server): Promise<{ handle: Handler; close(): Promise<void> }> {
  const vite = await import('vite');
  const dev = await vite.createServer({
    root: example,
    configFile: join(example, 'vite.config.ts'),
    plugins: [sources(['browser'])],
    appType: 'spa',
    // The addresses of the app begin at the root of the server.
    base: '/',
    server: { middlewareMode: true, hmr: { server }, fs: { allow: [join(example, '../..')] } },
  });
  return { handle: dev.middlewares, close: () => dev.close() };
}

async function openKaggle(
  endpoint: string | undefined,
): Promise<{ client: KaggleClient; endpoint: string; close(): Promise<void> }> {
  if (endpoint !== undefined) {
    const client = createClient({ endpoint });
    return { client, endpoint: client.baseUrl, async close() {} };
  }
  const { createSamples } = await import('../../examples/dashboard/samples/development.ts');
  const served = await serveEmulator({ emulator: await createSamples({ executor: pyodideExecutor({ spare: true }) }) });
  const client = createClient({ endpoint: served.url, token: served.emulator.state.users[0]!.token });
  return { client, endpoint: served.url, close: served.close };
}

/** Serves the dashboard. Without `endpoint`, it also starts an emulator with samples. */
export async function serveDashboard({ port, watch, endpoint }: Omit<Flags, 'help'>): Promise<Dashboard> {
  registerSources();
  const { createApp } = await import('../../examples/dashboard/server/app.ts');
  const { staticFiles } = await import('../../examples/dashboard/server/static.ts');
  let handle: Handler = (_incoming, outgoing) => void outgoing.writeHead(503, { 'retry-after': '1' }).end();
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
  // Uploads may take longer than Node's default of five minutes.
  server.requestTimeout = 0;
  const url = await listen(server, port);
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all(closing.map((end) => end()));
  };
  try {
    const kaggle = await openKaggle(endpoint);
    closing.push(kaggle.close);
    const files = watch ? () => new Response(null, { status: 404 }) : await staticFiles(await buildPage());
    const app = nodeHandler({
      fetch: createApp({ client: kaggle.client, files, origins: [url, url.replace(host, 'localhost')] }),
    });
    handle = app;
    if (watch) {
      const vite = await watchPage(server);
      closing.push(vite.close);
      handle = (incoming, outgoing) =>
        (/^\/(?:kaggle|session)(?:[/?]|$)/.test(incoming.url ?? '') ? app : vite.handle)(incoming, outgoing);
    }
    return { url, endpoint: kaggle.endpoint, close };
  } catch (error) {
    await close();
    throw error;
  }
}
