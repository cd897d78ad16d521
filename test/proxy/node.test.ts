import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { createProxy, type ProxyOptions, runJobs } from '../../src/proxy/index.ts';
import { nodeHandler } from '../../src/proxy/node.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { headersOf, list, post, raw, serve } from './served.ts';

const signed = 'https://storage.googleapis.com/x/file.csv?X-Goog-Signature=abcdef';

test('uploads and downloads over sockets, from Node to Node', async () => {
  const served = await serveEmulator({ executor: scriptedExecutor(() => {}), lag: 0, processing: 0 });
  onTestFinished(served.close);
  const { url } = await serve({
    client: createClient({
      token: 'KGAT_test',
      endpoint: served.url,
      platform: { ...nodePlatform(), state: undefined },
    }),
  });
  const large = new Uint8Array(3 * 2 ** 20).map((_, index) => (index * 2654435761) >>> 13);
  const platform = { ...nodePlatform(), fs: memoryPlatform().fs, state: undefined };
  const client = createClient({ endpoint: `${url}/kaggle`, credential: 'proxy', platform });
  const files = [
    { name: 'large.bin', data: large },
    { name: 'small.txt', data: 'small' },
  ];
  const version = await datasets.createOrVersion(client, {
    owner: 'alice',
    slug: 'my-points',
    title: 'My points',
    files,
  });
  await version.ready();
  const target = memoryPlatform();
  const page = createClient({
    endpoint: `${url}/kaggle`,
    credential: 'proxy',
    platform: { ...platform, fs: target.fs },
  });
  const [file] = await datasets.download(page, { owner: 'alice', slug: 'my-points', file: 'large.bin' }, '/out', {
    connections: 3,
  });
  expect(file!.verified).toBe('crc32c');
  expect(Buffer.compare(target.files.get('/out/large.bin')!, large)).toBe(0);
  const paths = served.emulator.state.requests.map(({ path }) => path);
  expect(paths.filter((path) => path.startsWith('/upload/')).length).toBeGreaterThan(0);
});

test('calls over TLS', async () => {
  const { port } = await serve({ kaggle: () => Response.json({ kernels: [] }), secure: true });
  const answer = await raw(port, [post(port, '{}', 'Connection: close\r\n')], true);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(answer).toContain('{"kernels":[]}');
});

test.each<[string, (port: number) => string, RegExp]>([
  ['two lengths', (port) => post(port, '{}', 'Content-Length: 3\r\n'), /^HTTP\/1\.1 400/],
  ['a length and chunks', (port) => post(port, '{}', 'Transfer-Encoding: chunked\r\n'), /^HTTP\/1\.1 400/],
  ['two hosts', (port) => post(port, '{}', 'Host: evil.example\r\nConnection: close\r\n'), /^HTTP\/1\.1 400/],
  [
    'a whole URL',
    (port) => post(port, '{}', 'Connection: close\r\n').replace('/kaggle/', 'http://evil.example/kaggle/'),
    /^HTTP\/1\.1 400/,
  ],
  [
    'two slashes',
    (port) => post(port, '{}', 'Connection: close\r\n').replace('/kaggle/', '//evil.example/kaggle/'),
    /^HTTP\/1\.1 404/,
  ],
  [
    'a host with a path',
    (port) => post(port, '{}', 'Connection: close\r\n').replace(/Host: \S+/, 'Host: a/kaggle/'),
    /^HTTP\/1\.1 400/,
  ],
  [
    'two headers for the proxy',
    (port) => post(port, '{}', 'X-Kaggle-Ts: http://evil.example\r\nConnection: close\r\n'),
    /^HTTP\/1\.1 400/,
  ],
  ['TRACE', (port) => post(port, '{}', 'Connection: close\r\n').replace('POST', 'TRACE'), /^HTTP\/1\.1 400/],
  [
    'an unknown method',
    (port) => post(port, '{}', 'Connection: close\r\n').replace('POST', 'PROPFIND'),
    /^HTTP\/1\.1 405/,
  ],
])('a request with %s does not reach Kaggle', async (_what, request, answer) => {
  let asked = 0;
  const { port } = await serve({
    kaggle: () => {
      asked++;
      return Response.json({});
    },
  });
  expect(await raw(port, [request(port)])).toMatch(answer);
  expect(asked).toBe(0);
});

test('a second request in the body of the first one is data', async () => {
  const asked: string[] = [];
  const { port } = await serve({
    async kaggle(request) {
      asked.push(await request.text());
      return Response.json({});
    },
  });
  const inner = post(port, '{}').replace(list, 'kernels.KernelsApiService/DeleteKernel');
  const answer = await raw(port, [post(port, JSON.stringify({ inner }), 'Connection: close\r\n')]);
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect(asked).toEqual([JSON.stringify({ inner })]);
});

test('a body that is too large, or never ends, gets its error and the connection is closed', async () => {
  const { port } = await serve({ kaggle: () => Response.json({}), limits: { requestBytes: 1000 } });
  const head = `POST /kaggle/${list} HTTP/1.1\r\n${headersOf(port)}`;
  const large = await raw(port, [`${head}Content-Length: 100000000\r\n\r\n`, 'x'.repeat(100_000)]);
  expect(large).toMatch(/^HTTP\/1\.1 413[\s\S]*connection: close[\s\S]*limits\.requestBytes/i);
  const chunk = `7d0\r\n${'x'.repeat(2000)}\r\n`;
  const endless = await raw(port, [`${head}Transfer-Encoding: chunked\r\n\r\n`, chunk, chunk]);
  expect(endless).toMatch(/^HTTP\/1\.1 413/);
});

test('a body that stops gets its error and the connection is closed', async () => {
  const { port } = await serve({ kaggle: () => Response.json({}), limits: { stall: 0.1 } });
  const slow = await raw(port, [
    `POST /kaggle/${list} HTTP/1.1\r\n${headersOf(port)}Content-Length: 10\r\n\r\n`,
    '{"a"',
  ]);
  expect(slow).toMatch(/^HTTP\/1\.1 408/);
});

test('a connection is used again after a body that was read', async () => {
  const { port, events } = await serve({ kaggle: () => Response.json({}) });
  const answer = await raw(port, [post(port, '{}'), post(port, '{}', 'Connection: close\r\n')]);
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  expect(events).toHaveLength(2);
});

/** A proxy whose Kaggle sends a file without end, and what became of it. */
async function endlessFile(limits: ProxyOptions['limits']) {
  const state = { pulled: 0, canceled: Promise.withResolvers<void>() };
  const file = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          state.pulled++;
          controller.enqueue(new Uint8Array(65_536));
        },
        cancel: () => state.canceled.resolve(),
      },
      { highWaterMark: 0 },
    );
  const served = await serve({
    limits,
    kaggle: ({ method }) =>
      method === 'POST' ? new Response(null, { status: 302, headers: { location: signed } }) : new Response(file()),
  });
  const headers = { 'x-kaggle-ts': `${served.url}/kaggle`, 'content-type': 'application/json' };
  const init = { method: 'POST', body: '{}', headers, redirect: 'manual' } as const;
  const redirect = await fetch(`${served.url}/kaggle/datasets.DatasetApiService/DownloadDataset`, init);
  const request = httpRequest(redirect.headers.get('location')!, { headers, agent: false });
  request.on('error', () => {});
  request.end();
  const [response] = await once(request, 'response');
  return { ...served, state, request, response };
}

test('a page that reads slowly slows Kaggle down, and one that stops is disconnected', async () => {
  const { state, response } = await endlessFile({ stall: 0.3 });
  response.pause();
  response.on('error', () => {});
  await state.canceled.promise;
  // What sockets hold, and no more: 64 MiB would be a thousand.
  expect(state.pulled).toBeLessThan(500);
  response.resume();
  await new Promise((resolve) => response.once('close', resolve));
  expect(response.complete).toBe(false);
});

test('a page that disconnects ends the download from Kaggle', async () => {
  const { state, request } = await endlessFile({});
  request.destroy();
  await state.canceled.promise;
  const before = state.pulled;
  await new Promise((resolve) => setImmediate(resolve));
  expect(state.pulled).toBe(before);
});

test('a download that breaks off does not look complete', async () => {
  const { url } = await serve({
    kaggle: ({ method }) => {
      if (method === 'POST') return new Response(null, { status: 302, headers: { location: signed } });
      let sent = false;
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull(controller) {
          if (sent) controller.error(new Error(`lost ${signed}`));
          else controller.enqueue(new Uint8Array(10));
          sent = true;
        },
      });
      return new Response(body);
    },
  });
  const headers = { 'x-kaggle-ts': `${url}/kaggle`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/kaggle/datasets.DatasetApiService/DownloadDataset`, {
    method: 'POST',
    body: '{}',
    headers,
  });
  await expect(response.arrayBuffer()).rejects.toThrow();
});

test('a framework that shortens the path, and one that has read the body', async () => {
  const client = createClient({ token: 'KGAT_test', fetch: async () => Response.json({ kernels: [] }) });
  const handler = nodeHandler(createProxy({ client, allow: runJobs, authorize: () => true }));
  const server = createServer(async (incoming, outgoing) => {
    if (incoming.headers['x-read']) for await (const _ of incoming);
    const { url } = incoming;
    Object.assign(incoming, { originalUrl: url, url: url!.slice('/kaggle'.length) });
    await handler(incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kaggle`;
  const call = (more: Record<string, string>) =>
    fetch(`${url}/${list}`, {
      method: 'POST',
      body: '{}',
      headers: { 'x-kaggle-ts': url, 'content-type': 'application/json', ...more },
    });
  expect((await call({})).status).toBe(200);
  expect((await call({ 'x-read': '1' })).status).toBe(500);
  server.closeAllConnections();
});
