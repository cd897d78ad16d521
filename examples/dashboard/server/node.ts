/**
 * The dashboard on Node: `npm run build && DASHBOARD_PASSWORD=... node server/node.ts`. The credential of Kaggle is found as
 * by any client, for example in KAGGLE_API_TOKEN. Listens on HOST (127.0.0.1) and PORT (8080).
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createClient } from 'kaggle-ts';
import { nodeHandler } from 'kaggle-ts/proxy/node';
import { createApp } from './app.ts';
import { settingsOf } from './settings.ts';
import { staticFiles } from './static.ts';

const { env, argv } = process;

async function start(): Promise<void> {
  const folder = argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url));
  const client = createClient({ endpoint: env.KAGGLE_ENDPOINT || undefined });
  const settings = settingsOf(env);
  await client.requireCredential('dashboard');
  const files = await staticFiles(folder).catch(() => {
    throw new Error(`no built page in ${folder}; run npm run build`);
  });
  const server = createServer(nodeHandler({ fetch: createApp({ client, files, ...settings }) }));
  // Uploads may take longer than Node's default of five minutes.
  server.requestTimeout = 0;
  server.listen(Number(env.PORT || 8080), env.HOST || '127.0.0.1');
  await once(server, 'listening');
  const { address, port, family } = server.address() as AddressInfo;
  console.log(`Dashboard: http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close();
      // Live logs stay open for hours.
      setTimeout(() => server.closeAllConnections(), 2000).unref();
    });
  }
}

await start().catch((error: Error) => {
  console.error(`cannot start the dashboard: ${error.message}`);
  process.exitCode = 1;
});
