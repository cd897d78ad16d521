/** Serves the dashboard for development: a Kaggle emulator with samples, the server of the app, and the page. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createClient, type KaggleClient } from 'kaggle-ts';
import { nodeHandler } from 'kaggle-ts/proxy/node';
import { pyodideExecutor, serveEmulator } from 'kaggle-ts/testing';
import type { Plugin } from 'vite';
import { createSamples } from '../samples/development.ts';
import { createApp } from '../server/app.ts';
import { staticFiles } from '../server/static.ts';
import type { Flags } from './flags.ts';

/** How the page is built. */
export interface PageOptions {
  /** Builds the page. Returns its folder. @default `vite build`, into `dist` */
  build?: (() => Promise<string>) | undefined;
  /** Plugins of the development server. */
  plugins?: Plugin[] | undefined;
  /** Folders with further sources of the page, for the development server. */
  allow?: string[] | undefined;
}

/** A dashboard that is being served. */
export interface Dashboard {
  /** Address of the page. */
  url: string;
  /** URL of the API behind it. */
  endpoint: string;
  close(): Promise<void>;
}

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

const root: string = fileURLToPath(new URL('..', import.meta.url));
const host = '127.0.0.1';

async function buildPage(): Promise<string> {
  const vite = await import('vite');
  await vite.build({ root, logLevel: 'warn' });
  return fileURLToPath(new URL('../dist', import.meta.url));
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening').catch((error: Error & { code?: string }) => {
    const reasons: Record<string, string> = { EADDRINUSE: 'it is already in use', EACCES: 'permission denied' };
    const why = reasons[error.code ?? ''] ?? error.message;
    throw new Error(`cannot listen on port ${port}: ${why}; pass another --port, or 0 for any free port`);
  });
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

/** Vite's development server, whose page reloads itself. It has no content security policy: Vite adds inline styles. */
async function watchPage(
  server: Server,
  { plugins, allow = [] }: PageOptions,
): Promise<{ handle: Handler; close(): Promise<void> }> {
  const vite = await import('vite');
  const dev = await vite.createServer({
    root,
    plugins,
    appType: 'spa',
    // The built page has relative addresses, which this server does not support.
    base: '/',
    server: { middlewareMode: true, hmr: { server }, fs: { allow: [root, ...allow] } },
  });
  return { handle: dev.middlewares, close: () => dev.close() };
}

/** What is behind the proxy. */
interface Kaggle {
  client: KaggleClient;
  endpoint: string;
  close(): Promise<unknown>;
}

async function openKaggle(endpoint: string | undefined): Promise<Kaggle> {
  if (endpoint !== undefined) {
    const client = createClient({ endpoint });
    return { client, endpoint: client.baseUrl, async close() {} };
  }
  const served = await serveEmulator({ emulator: await createSamples({ executor: pyodideExecutor({ spare: true }) }) });
  const client = createClient({ endpoint: served.url, token: served.emulator.state.users[0]!.token });
  return { client, endpoint: served.url, close: served.close };
}

/**
 * Serves the dashboard on loopback, without a password. Without `endpoint`, it also starts an emulator with samples.
 *
 * @throws If the port cannot be opened, or the page cannot be built.
 */
export async function serveDashboard(flags: Omit<Flags, 'help'>, page: PageOptions = {}): Promise<Dashboard> {
  let handle: Handler = (_incoming, outgoing) => outgoing.writeHead(503, { 'retry-after': '1' }).end();
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
  // Uploads may take longer than Node's default of five minutes.
  server.requestTimeout = 0;
  const url = await listen(server, flags.port);
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all(closing.map((end) => end()));
  };
  try {
    const kaggle = await openKaggle(flags.endpoint);
    closing.push(kaggle.close);
    const files = flags.watch
      ? () => new Response(null, { status: 404 })
      : await staticFiles(await (page.build ?? buildPage)());
    // Any web site could make its name point to this address: only these hosts are the own ones.
    const origins = [url, url.replace(host, 'localhost')];
    const app = nodeHandler({ fetch: createApp({ client: kaggle.client, files, origins }) });
    const vite = flags.watch ? await watchPage(server, page) : undefined;
    if (vite) closing.push(vite.close);
    handle = (incoming, outgoing) => {
      const isApp = !vite || /^\/(?:kaggle|session)(?:[/?]|$)/.test(incoming.url ?? '');
      return (isApp ? app : vite.handle)(incoming, outgoing);
    };
    return { url, endpoint: kaggle.endpoint, close };
  } catch (error) {
    await close();
    throw error;
  }
}
