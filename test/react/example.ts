import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'vite';
import { sources } from '../../scripts/dashboard/sources.ts';
import { root } from '../../scripts/test/command.ts';
import { createClient } from '../../src/node.ts';
import { createProxy, readOnly } from '../../src/proxy/index.ts';
import { nodeHandler } from '../../src/proxy/node.ts';
import { createEmulator, type Executor } from '../../src/testing/index.ts';

/** Builds examples/react into `folder`, and serves it with a proxy to an emulator. */
export async function serveExample(folder: string, executor: Executor) {
  await build({
    root: join(root, 'examples/react'),
    logLevel: 'warn',
    plugins: [sources(['browser'])],
    build: { outDir: folder, emptyOutDir: true, minify: false, reportCompressedSize: false },
  });
  const emulator = createEmulator({ executor, lag: 0 });
  const client = createClient({ token: 'KGAT_test', endpoint: 'http://kaggle.test', fetch: emulator.fetch });
  const handle = nodeHandler(createProxy({ client, allow: readOnly, authorize: () => true }));
  const types: Record<string, string> = { js: 'text/javascript', html: 'text/html; charset=utf-8' };
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url!, 'http://localhost');
    if (pathname.startsWith('/kaggle/')) return void handle(incoming, outgoing);
    const path = pathname === '/' ? '/index.html' : pathname;
    try {
      const body = readFileSync(join(folder, path));
      outgoing.setHeader('content-type', types[path.split('.').at(-1)!] ?? 'application/octet-stream').end(body);
    } catch {
      outgoing.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    client,
    emulator,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
