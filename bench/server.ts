/**
 * The server of the bench, run by Bun as a process of its own: a Kaggle that stores nothing and a storage beside it, on
 * another origin, as large and as fast as asked. `server.ts [--tls] [--latency-ms N] [--bandwidth-per-connection MB/S]`: both
 * over TLS; what a request waits before anything is done about it, and what one connection to the storage moves at most, in
 * each direction. Prints `{ url, storage, control }` and lives until it is killed. `control` is plain HTTP.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { cert, key } from '../test/tls/identity.ts';
import { Bun } from './server/bun.ts';
import { control } from './server/control.ts';
import { begin, counters } from './server/counters.ts';
import { httpOnSockets } from './server/http.ts';
import { createRpc } from './server/rpc.ts';
import { handleStorage } from './server/storage.ts';

const { values } = parseArgs({
  options: {
    tls: { type: 'boolean', default: false },
    'latency-ms': { type: 'string', default: '0' },
    'bandwidth-per-connection': { type: 'string', default: '0' },
  },
});
const latencyMs = Number(values['latency-ms']);
const bytesPerSecond = Number(values['bandwidth-per-connection']) * 1e6;

const here = { port: 0, hostname: '127.0.0.1' };
const tls = values.tls ? { cert, key } : undefined;
const origin = (port: number) => `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
const socket = httpOnSockets({ latencyMs, bytesPerSecond, handle: handleStorage });
const storage = origin(Bun.listen({ ...here, tls, socket }).port);
const rpc = createRpc(storage);

const serve: Parameters<typeof Bun.serve>[0] = {
  ...here,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/_bench/')) return control(pathname.slice('/_bench/'.length), request);
    const call = rpc[pathname.replace(/^\/api\/v1\//, '')];
    if (request.method !== 'POST' || !call)
      return new Response(`not a call of the bench: ${pathname}`, { status: 404 });
    const ended = begin();
    try {
      const body = await request.text();
      counters.bytesIn += body.length;
      if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
      return call(JSON.parse(body));
    } finally {
      ended();
    }
  },
};
const url = origin(Bun.serve({ ...serve, tls }).port);
const plain = `http://127.0.0.1:${Bun.serve(serve).port}`;
process.stdout.write(`${JSON.stringify({ url, storage, control: plain })}\n`);
