import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usesProxy } from '../../src/platform/common/proxy.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { trusted } from '../tls/authority.ts';
import { type Front, openFront } from '../tls/front.ts';
import { runtimes, startRunner } from './upload-processes.ts';

const length = 14 * 2 ** 20 + 7;
const content = new Uint8Array(length);
for (let block = 0; block << 16 < length; block += 1) content.fill(block % 251, block << 16, (block + 1) << 16);
const sha256 = createHash('sha256').update(content).digest('hex');

interface Seen {
  headers: IncomingMessage['headers'];
  port: number | undefined;
  bytes: number;
  broken: boolean;
}

/** Behaviours of a storage, each at a path of its own. */
function serve(seen: Map<string, Seen[]>) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url!.slice(1);
    const entry: Seen = { headers: request.headers, port: request.socket.remotePort, bytes: 0, broken: false };
    seen.set(path, [...(seen.get(path) ?? []), entry]);
    const hash = createHash('sha256');
    request.on('error', () => undefined);
    request.on('close', () => {
      entry.broken = !request.complete;
    });
    if (path === 'early') {
      // Nothing more is read: the client must not wait until it has sent everything.
      request.once('data', () => {
        request.pause();
        response.writeHead(503, { 'retry-after': '7' }).end('busy');
      });
      return;
    }
    request.on('data', (chunk: Buffer) => {
      entry.bytes += chunk.length;
      hash.update(chunk);
      if (path === 'cut' && entry.bytes > 2 ** 20) request.destroy();
      // Reads far more slowly than the source gives.
      if (path === 'slow') {
        request.pause();
        setTimeout(() => request.resume(), 1);
      }
    });
    request.on('end', () => response.writeHead(200, { 'x-goog-hash': 'crc32c=AAAA' }).end(hash.digest('hex')));
  };
}

const open = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

describe.each(Object.keys(runtimes))('a long PUT on %s', (runtime) => {
  const seen = new Map<string, Seen[]>();
  const plain = createServer(serve(seen));
  const fronts: Front[] = [];
  let result: Record<string, unknown> & Record<string, Record<string, unknown>>;

  beforeAll(async () => {
    const port = await open(plain);
    const http = `http://127.0.0.1:${port}`;
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const) fronts.push(await openFront(port, { version }));
    const closed = createServer();
    const refused = `http://127.0.0.1:${await open(closed)}/refused`;
    await new Promise((resolve) => closed.close(resolve));
    const paths = ['whole', 'early', 'cut'].map((path) => [path, `${http}/${path}`]);
    const slow = [http, ...fronts.map(({ url }) => url)].map((url) => `${url}/slow`);
    const urls = { ...Object.fromEntries(paths), secure: `${fronts[0]!.url}/secure`, refused };
    const running = startRunner(runtime, 'put-cases.ts', { urls, slow }, tmpdir(), trusted);
    // It ends by itself: connections that are kept for another request do not keep the program alive.
    result = (await running.result) as typeof result;
  });
  afterAll(() => {
    for (const front of fronts) front.close();
    plain.close();
    plain.closeAllConnections();
  });

  test('carries all bytes, with their number, and gives back the answer', () => {
    expect(result.whole).toEqual({
      status: 200,
      text: sha256,
      hash: 'crc32c=AAAA',
      after: null,
      sent: length,
      asked: length,
    });
    const { headers } = seen.get('whole')!.find(({ broken }) => !broken)!;
    expect(headers['content-length']).toBe(String(length));
    expect(headers['content-range']).toBe(`bytes 0-${length - 1}/${length}`);
    expect(headers).not.toHaveProperty('transfer-encoding');
    expect(headers).not.toHaveProperty('authorization');
  });

  test('uses its connection again', () => {
    const [first, second] = seen.get('whole')!.filter(({ broken }) => !broken);
    expect(result.again).toMatchObject({ status: 200, text: sha256 });
    expect(second!.port).toBe(first!.port);
  });

  test('over TLS', () => {
    expect(result.secure).toMatchObject({ status: 200, text: sha256, sent: length });
  });

  test('a server that reads slowly gets the bytes as they were when they were sent', () => {
    const right = { status: 200, text: sha256, sent: length };
    expect(result.slow).toMatchObject([right, right, right]);
  });

  test('an answer that comes before the body is sent is taken, and the rest is not read', () => {
    expect(result.early).toMatchObject({ status: 503, text: 'busy', after: '7' });
    expect(result.early!.asked).toBeLessThan(length);
  });

  test('a connection that breaks, or that nobody accepts, is an error', () => {
    expect(result.cut).toMatchObject({ error: expect.any(String) });
    expect(result.refused).toMatchObject({ error: expect.any(String), sent: 0 });
  });

  test('a source that cannot be read ends the request, and its error is the one that is seen', () => {
    expect(result.unreadable).toMatchObject({ error: 'the disk is gone', sent: 0 });
  });

  test('an abort destroys the socket at once, and rejects with its reason', () => {
    expect(result.aborted).toMatchObject({ error: 'enough', soon: true });
    const { broken, bytes } = seen.get('whole')![0]!;
    expect([broken, bytes]).toEqual([true, 2 ** 21]);
    expect(result.before).toMatchObject({ error: 'too late', asked: 0 });
  });
});

describe('where only fetch knows the way', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['https://storage.googleapis.com/x', {}, false],
    ['https://storage.googleapis.com/x', { HTTPS_PROXY: 'http://proxy:8080' }, true],
    ['https://storage.googleapis.com/x', { http_proxy: 'http://proxy:8080' }, false],
    ['http://127.0.0.1:80/x', { http_proxy: 'http://proxy:8080' }, true],
    ['https://storage.googleapis.com/x', { all_proxy: 'socks5://proxy' }, true],
    ['https://storage.googleapis.com/x', { https_proxy: 'http://p', no_proxy: 'localhost, .googleapis.com' }, false],
    ['https://storage.googleapis.com/x', { https_proxy: 'http://p', NO_PROXY: 'apis.com' }, true],
    ['https://storage.googleapis.com/x', { https_proxy: 'http://p', NO_PROXY: '*' }, false],
    ['http://127.0.0.1:7777/x', { http_proxy: 'http://p', no_proxy: '127.0.0.1:7777' }, false],
    ['http://[::1]:7777/x', { http_proxy: 'http://p', no_proxy: '::1' }, false],
  ])('%s with %j', (url, env, proxied) => {
    expect(usesProxy(url, (name) => env[name])).toBe(proxied);
  });

  test('Node: a dispatcher that the program has set is not gone round', () => {
    const symbol = Symbol.for('undici.globalDispatcher.1');
    const symbols = globalThis as { [key: symbol]: unknown };
    const before = symbols[symbol];
    class ProxyAgent {}
    symbols[symbol] = new ProxyAgent();
    try {
      expect(nodePlatform().putReaches!('http://127.0.0.1:1/')).toBe(false);
    } finally {
      symbols[symbol] = before;
    }
  });
});
