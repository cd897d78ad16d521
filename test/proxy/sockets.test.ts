import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import type { ProxyOptions } from '../../src/proxy/index.ts';
import { headersOf, list, post, raw, serve } from './served.ts';

const start = 'blobs.BlobApiService/StartBlobUpload';
const upload = 'https://www.googleapis.com/upload/storage/v1/b/x/o?uploadType=resumable&upload_id=AHxI1nP';
const remove = 'kernels.KernelsApiService/DeleteKernel';
const close = 'Connection: close\r\n';

/** A proxy whose Kaggle notes what reaches it. */
async function noting(options: Partial<ProxyOptions> = {}) {
  const asked: string[] = [];
  const served = await serve({
    async kaggle(request) {
      asked.push(`${request.url.split('/v1/')[1]} ${await request.text()}`);
      return Response.json({});
    },
    ...options,
  });
  return { ...served, asked };
}

/** A request whose body contains a second one, and a header that says where the body ends. */
const smuggled = (port: number, framing: string, before = '{}') => {
  const inner = `POST /kaggle/${remove} HTTP/1.1\r\n${headersOf(port)}Content-Length: 2\r\n${close}\r\n{}`;
  return `POST /kaggle/${list} HTTP/1.1\r\n${headersOf(port)}${framing}\r\n${before}${inner}`;
};

test.each<[string, string, string?]>([
  ['a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
  ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 2\r\n', '0\r\n\r\n'],
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 500\r\n'],
  ['two equal lengths', 'Content-Length: 2\r\nContent-Length: 2\r\n'],
  ['a list of lengths', 'Content-Length: 2, 2\r\n'],
  ['a signed length', 'Content-Length: +2\r\n'],
  ['a negative length', 'Content-Length: -2\r\n'],
  ['a hexadecimal length', 'Content-Length: 0x2\r\n'],
  ['a length that is too large for a number', `Content-Length: 2${'0'.repeat(30)}\r\n`],
  ['an unknown encoding', 'Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n'],
  ['chunks that are not last', 'Transfer-Encoding: chunked, identity\r\n', '2\r\n{}\r\n0\r\n\r\n'],
  ['chunks named twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n', '2\r\n{}\r\n0\r\n\r\n'],
  ['a space before the colon', 'Transfer-Encoding : chunked\r\nContent-Length: 2\r\n', '0\r\n\r\n'],
  ['a folded header', 'Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n', '0\r\n\r\n'],
  ['a line without CR', 'X: y\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n', '0\r\n\r\n'],
  ['a control character', 'Transfer-Encoding: \x0bchunked\r\nContent-Length: 2\r\n', '0\r\n\r\n'],
  ['a zero byte', 'X: \0\r\nContent-Length: 2\r\n'],
  ['a chunk whose size is signed', 'Transfer-Encoding: chunked\r\n', '+2\r\n{}\r\n0\r\n\r\n'],
  ['a chunk whose size is too large', 'Transfer-Encoding: chunked\r\n', `${'f'.repeat(20)}\r\n{}\r\n0\r\n\r\n`],
  ['an extension of a chunk with LF', 'Transfer-Encoding: chunked\r\n', '2;a\nb\r\n{}\r\n0\r\n\r\n'],
  ['a chunk that is longer than its size', 'Transfer-Encoding: chunked\r\n', '1\r\n{}\r\n0\r\n\r\n'],
])('%s: no second request is smuggled', async (_what, framing, before) => {
  const { port, asked } = await noting();
  const answer = await raw(port, [smuggled(port, framing, before)]);
  expect(answer).toMatch(/^HTTP\/1\.1 400/);
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect(asked.filter((request) => !request.startsWith(list))).toEqual([]);
});

test('the body of a request that needs none is not a request', async () => {
  const { port, asked } = await noting();
  const inner = post(port, '{}', close);
  for (const method of ['GET', 'OPTIONS', 'HEAD', 'DELETE']) {
    const outer = `${method} /kaggle/${list} HTTP/1.1\r\n${headersOf(port)}Content-Length: ${inner.length}\r\n${close}\r\n`;
    const answer = await raw(port, [outer + inner]);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  }
  expect(asked).toEqual([]);
});

test('chunks with extensions and trailers are read, and trailers are no headers', async () => {
  const { port, asked } = await noting();
  const headers = `${headersOf(port)}Transfer-Encoding: chunked\r\nTrailer: x-kaggle-ts\r\n${close}`;
  const chunks =
    '1;name=value\r\n{\r\n1\r\n}\r\n0\r\nX-Kaggle-Ts: http://evil.example/kaggle\r\nOrigin: http://evil.example\r\n\r\n';
  const answer = await raw(port, [`POST /kaggle/${list} HTTP/1.1\r\n${headers}\r\n${chunks}`]);
  expect(answer).toMatch(/^HTTP\/1\.1 200/);
  expect(asked).toEqual([`${list} {}`]);
});

test.each<[string, string]>([
  ['dots', `/x/../kaggle/${list}`],
  ['dots in the path', `/kaggle/x/../${list}`],
  ['encoded dots', `/x/%2e%2e/kaggle/${list}`],
  ['half encoded dots', `/x/.%2E/kaggle/${list}`],
  ['one dot', `/kaggle/./${list}`],
  ['a backslash', `/kaggle\\${list}`],
  ['backslashes and dots', `/x\\..\\kaggle/${list}`],
  ['a fragment', `/kaggle/${list}#x`],
  ['bytes that are no ASCII', `/kaggle/${list}\xe9`],
  ['an empty path', `?/kaggle/${list}`],
  ['a star', '*'],
])('a path with %s is refused, as a server in front may read it differently', async (_what, path) => {
  const { port, asked, events } = await noting();
  const answer = await raw(port, [post(port, '{}', close).replace(`/kaggle/${list}`, path)]);
  expect(answer).toMatch(/^HTTP\/1\.1 400/);
  expect(asked).toEqual([]);
  expect(events.filter(({ status }) => status < 400)).toEqual([]);
});

test.each<[string, string]>([
  ['Host', 'Host: a b\r\n'],
  ['Origin', 'Origin: http://evil.example\r\nOrigin: http://127.0.0.1\r\n'],
  ['Sec-Fetch-Site', 'Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n'],
  ['Content-Type', 'Content-Type: text/plain\r\n'],
  ['Content-Encoding', 'Content-Encoding: identity\r\nContent-Encoding: gzip\r\n'],
])('a repeated header is refused: %s', async (_name, headers) => {
  const { port, asked } = await noting();
  const answer = await raw(port, [post(port, '{}', headers + close)]);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/);
  expect(asked).toEqual([]);
});

test('headers that servers take for something else change nothing', async () => {
  const { port, asked } = await noting();
  const headers = [
    'X-HTTP-Method-Override: DELETE',
    'X-Method-Override: PUT',
    `X-Original-URL: /kaggle/${remove}`,
    `X-Rewrite-URL: /kaggle/${remove}`,
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-For: 10.0.0.1',
    'Forwarded: for=10.0.0.1;host=evil.example;proto=gopher',
    'Connection: close, x-kaggle-ts, content-type, authorization, host',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
    'Expect: 100-continue',
    'TE: trailers',
    'Max-Forwards: 0',
    'Via: 1.1 x',
  ];
  const answer = await raw(port, [post(port, '{}', `${headers.join('\r\n')}\r\n`)]);
  expect(answer).toMatch(/HTTP\/1\.1 200 OK/);
  expect(answer).not.toMatch(/evil|HTTP\/1\.1 101/);
  expect(asked).toEqual([`${list} {}`]);
});

test('a page that breaks off an upload ends the one to the storage', async () => {
  const arrived = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<unknown>();
  const client = createClient({
    token: 'KGAT_test',
    platform: { name: 'test', concurrency: 4, sizedStreams: true },
    async fetch({ method, body, signal }) {
      if (method === 'POST') return Response.json({ token: 't', createUrl: upload });
      signal.addEventListener('abort', () => ended.resolve(signal.reason));
      arrived.resolve();
      await new Response(body).text();
      return Response.json({ size: '10' });
    },
  });
  const { port, url, events } = await serve({ client });
  const headers = { 'x-kaggle-ts': `${url}/kaggle`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/kaggle/${start}`, { method: 'POST', body: '{}', headers });
  const { createUrl } = (await response.json()) as { createUrl: string };
  const socket = connect(port, '127.0.0.1');
  socket.write(`PUT ${new URL(createUrl).pathname} HTTP/1.1\r\n${headersOf(port)}Content-Length: 10\r\n\r\n01234`);
  await arrived.promise;
  socket.resetAndDestroy();
  expect(await ended.promise).toMatchObject({ message: 'the client closed the connection' });
  await expect.poll(() => events.at(-1)!.status).toBe(499);
});

test('a thousand clients at once: each gets its response, a greedy one is refused, and nothing remains', async () => {
  const release = Promise.withResolvers<void>();
  let waiting = 0;
  const { port, events } = await serve({
    async kaggle() {
      waiting++;
      await release.promise;
      waiting--;
      return Response.json({ kernels: [] });
    },
    authorize: ({ headers }) => ({ user: headers.get('x-user')! }),
    limits: { concurrent: 4, concurrentInAll: 1000 },
  });
  const call = (user: string) => raw(port, [post(port, '{}', `X-User: ${user}\r\n${close}`)]);
  const greedy = Array.from({ length: 50 }, () => call('greedy'));
  const statusOf = async (answer: Promise<string>) => Number((await answer).split(' ')[1]);
  await expect.poll(() => waiting + events.length).toBe(50);
  expect(events.map(({ rule }) => rule)).toEqual(new Array(46).fill('limits.concurrent'));
  const others: Promise<string>[] = [];
  // In waves that fit into the queue of connections that wait to be accepted.
  while (others.length < 996) {
    for (let index = 0; index < 166; index++) others.push(call(`user-${others.length}`));
    await expect.poll(() => waiting).toBe(4 + others.length);
  }
  expect(await statusOf(call('late'))).toBe(429);
  release.resolve();
  const statuses = await Promise.all(others.map(statusOf));
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect((await Promise.all(greedy.map(statusOf))).filter((status) => status === 200)).toHaveLength(4);
  expect(await statusOf(call('late'))).toBe(200);
});

/** Sends requests, one after another, over connections that read nothing. */
async function unread(count: number, limits: ProxyOptions['limits']) {
  const text = 'x'.repeat(4 * 2 ** 20);
  const { port, events } = await serve({ kaggle: () => Response.json({ text }), limits });
  const sockets = Array.from({ length: count }, () =>
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .pause(),
  );
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const [index, socket] of sockets.entries()) {
    socket.write(post(port, '{}'));
    await expect.poll(() => events.length).toBe(index + 1);
  }
  return { port, sockets, statuses: events.map(({ status }) => status) };
}

test('answers that a page does not read count as requests in progress', async () => {
  const { statuses } = await unread(3, { concurrent: 2 });
  expect(statuses).toEqual([200, 200, 429]);
});

test('an answer that a page does not read is dropped in the end', async () => {
  const { port, sockets, statuses } = await unread(1, { concurrent: 1, stall: 0.5 });
  expect(statuses).toEqual([200]);
  await expect.poll(async () => (await raw(port, [post(port, '{}', close)])).slice(9, 12)).toBe('200');
  const closed = once(sockets[0]!, 'close');
  sockets[0]!.resume();
  await closed;
});
