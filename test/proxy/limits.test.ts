import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { createAdmission } from '../../src/proxy/admission.ts';
import type { ProxyOptions } from '../../src/proxy/index.ts';
import { checkLimits } from '../../src/proxy/limits.ts';
import { stopTime } from '../time.ts';
import { home, setUp as open, token } from './support.ts';

const list = 'kernels.KernelsApiService/ListKernels';
const start = 'blobs.BlobApiService/StartBlobUpload';
const upload = 'https://www.googleapis.com/upload/storage/v1/b/x/o?uploadType=resumable&upload_id=1';
const signed = 'https://storage.googleapis.com/x/file.csv?X-Goog-Signature=abcdef';

interface Given extends Partial<ProxyOptions> {
  now?: () => number;
}

/** A proxy in front of a Kaggle that responds as the test says. */
function against(
  respond: (request: Request) => Response | Promise<Response>,
  { now = Date.now, ...options }: Given = {},
) {
  const clock = { now, sleep: async () => {}, random: () => 0 };
  const client = createClient({
    token,
    platform: { name: 'test', concurrency: 4, clock },
    fetch: async (request) => respond(request),
  });
  const scene = open({ client, ...options });
  onTestFinished(() => scene.emulator.close());
  return scene;
}

const rule = async (response: Response) => {
  const { error } = (await response.json()) as { error?: { rule?: string } };
  return [response.status, error?.rule];
};
const pathOf = (url: string) => url.slice(`${home}/kaggle/`.length);

/** A body that sends `pieces`, and then nothing more, or ends. */
function body(pieces: readonly string[], ends: boolean, onCancel = () => {}): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      if (ends) controller.close();
    },
    cancel: onCancel,
  });
}

const streamed = (content: ReadableStream) => ({ method: 'POST', body: content, duplex: 'half' }) as RequestInit;

test('a call with a larger body is refused, whether or not its length is announced, and not read to its end', async () => {
  const { send } = against(() => Response.json({}), { limits: { requestBytes: 10 } });
  expect(await rule(await send(list, { body: '{"a":"0123456789"}' }))).toEqual([413, 'limits.requestBytes']);
  let canceled = false;
  const endless = body(['{"a":"', '0123456789'], false, () => {
    canceled = true;
  });
  expect(await rule(await send(list, streamed(endless)))).toEqual([413, 'limits.requestBytes']);
  expect(canceled).toBe(true);
  const announced = { body: '{}', headers: { 'content-length': '11' } };
  expect(await rule(await send(list, announced))).toEqual([413, 'limits.requestBytes']);
  expect((await send(list, { body: '{"a":"x"}' })).status).toBe(200);
});

test('a body that stops is given up', async () => {
  const { send } = against(() => Response.json({}), { limits: { stall: 0.02, requestBytes: 100 } });
  expect(await rule(await send(list, streamed(body(['{"a":'], false))))).toEqual([408, 'limits.stall']);
});

test.each<[string, string | Uint8Array<ArrayBuffer>]>([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['null', 'null'],
  ['nothing', ''],
  ['other bytes than UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
  ['a thousand levels', `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`],
])('a body with %s is refused', async (_what, given) => {
  const { send, emulator } = against(() => Response.json({}));
  expect(await rule(await send(list, { body: given }))).toEqual([400, 'body']);
  expect(emulator.state.requests).toEqual([]);
});

test('requests per minute are counted for each user, and are allowed again later', async () => {
  let now = 0;
  const { page, send } = against(() => Response.json({ kernels: [] }), {
    now: () => now,
    limits: { requestsPerMinute: 3 },
  });
  for (let index = 0; index < 3; index++) expect((await send(list)).status).toBe(200);
  const refused = await send(list);
  expect(refused.headers.get('retry-after')).toBe('20');
  expect(await rule(refused)).toEqual([429, 'limits.requestsPerMinute']);
  const bob = page('bob', { retry: false });
  await bob.call('kernels.KernelsApiService', 'ListKernels', {});
  now = 20_000;
  expect((await send(list)).status).toBe(200);
  expect((await send(list)).status).toBe(429);
});

test('without a user, the address of the client counts, as each runtime tells it', async () => {
  const { proxy } = against(() => Response.json({}), { authorize: () => true, limits: { requestsPerMinute: 1 } });
  const status = async (info: unknown, own: Record<string, string> = {}) => {
    const headers = { 'x-kaggle-ts': `${home}/kaggle`, 'content-type': 'application/json', ...own };
    const request = new Request(`${home}/kaggle/${list}`, { method: 'POST', body: '{}', headers });
    return (await proxy.fetch(request, info)).status;
  };
  expect(await status({ address: '10.0.0.1' })).toBe(200);
  expect(await status({ address: '10.0.0.1' }, { 'x-forwarded-for': '10.0.0.9', 'cf-connecting-ip': '10.0.0.9' })).toBe(
    429,
  );
  expect(await status({ address: '10.0.0.2' })).toBe(200);
  expect(await status({ remoteAddr: { hostname: '10.0.0.3' } })).toBe(200);
  expect(await status({ remoteAddr: { hostname: '10.0.0.3' } })).toBe(429);
  const server = { requestIP: () => ({ address: '10.0.0.4' }) };
  expect(await status(server)).toBe(200);
  expect(await status(server)).toBe(429);
  // Without any address, all share one.
  expect(await status({ KAGGLE_API_TOKEN: 'x' })).toBe(200);
  expect(await status(undefined)).toBe(429);
});

test('concurrent requests are counted until their bodies have ended, for each user and in all', async () => {
  const log = () => new Response(body(['data: x\n\n'], false), { headers: { 'content-type': 'text/event-stream' } });
  const { page, send } = against(log, { limits: { concurrent: 2, concurrentInAll: 3 } });
  const read = () => send('kernels/logs/stream/alice/my-job', { method: 'GET' });
  const [first] = [await read(), await read()];
  const third = await read();
  expect(third.headers.get('retry-after')).toBe('1');
  expect(await rule(third)).toEqual([429, 'limits.concurrent']);
  const call = (user: string) => page(user, { retry: false }).call('kernels.KernelsApiService', 'ListKernels', {});
  const bob = page('bob').sender()(`${home}/kaggle/kernels/logs/stream/alice/my-job`);
  expect((await bob).status).toBe(200);
  await expect(call('carol')).rejects.toThrow(/limits\.concurrentInAll/);
  await first!.body!.cancel();
  expect((await read()).status).toBe(200);
});

test('thousands of users are counted one by one, and users who are active are not forgotten for new ones', () => {
  let now = 0;
  const limits = checkLimits({ requestsPerMinute: 2, concurrentInAll: 1e6 });
  const admission = createAdmission(limits, () => now);
  const passes = (key: string) => {
    try {
      return admission.enter(key);
    } catch {
      return undefined;
    }
  };
  const users = Array.from({ length: 1000 }, (_, index) => `user-${index}`);
  const entered = users.flatMap((user) => [passes(user), passes(user), passes(user)]).filter(Boolean);
  expect(entered).toHaveLength(2000);
  now = 60_000;
  for (let index = 0; index < 30_000; index++) passes(`other-${index}`)?.();
  now = 60_001;
  passes('user-1');
  passes('user-1');
  expect(passes('user-1')).toBeUndefined();
});

test('a file that is too large is refused, by its part, its total and its length', async () => {
  const { send } = against(() => Response.json({ token: 't', createUrl: upload }), { limits: { uploadBytes: 10 } });
  expect(await rule(await send(start, { body: '{"contentLength":11}' }))).toEqual([413, 'limits.uploadBytes']);
  const { createUrl } = (await (await send(start)).json()) as { createUrl: string };
  const put = (headers: Record<string, string>, content: string | null = '0123456789') =>
    send(pathOf(createUrl), { method: 'PUT', headers, body: content });
  const tooLarge: Record<string, string>[] = [
    { 'content-range': 'bytes 1-10/11', 'content-length': '10' },
    { 'content-range': 'bytes 1-10/*', 'content-length': '10' },
    { 'content-length': '11' },
  ];
  for (const headers of tooLarge) expect(await rule(await put(headers))).toEqual([413, 'limits.uploadBytes']);
  expect(await rule(await put({ 'content-range': 'bytes */11' }, null))).toEqual([413, 'limits.uploadBytes']);
  expect(await rule(await put({ 'content-range': 'bytes 0-8/9', 'content-length': '10' }))).toEqual([
    400,
    'content-range',
  ]);
  expect(await rule(await put({ 'content-range': 'bytes=0-9', 'content-length': '10' }))).toEqual([
    400,
    'content-range',
  ]);
  expect(await rule(await put({ 'content-length': '9' }))).toEqual([400, 'content-length']);
});

test('an upload whose body stops, is too short or too long is given up, and the storage gets nothing of it', async () => {
  const pass = stopTime();
  const received: string[] = [];
  const { send } = against(async ({ method, body: content }) => {
    if (method === 'POST') return Response.json({ token: 't', createUrl: upload });
    received.push(await new Response(content).text());
    return Response.json({ size: '10' });
  });
  const { createUrl } = (await (await send(start)).json()) as { createUrl: string };
  const put = (content: ReadableStream) =>
    send(pathOf(createUrl), { ...streamed(content), method: 'PUT', headers: { 'content-length': '10' } });
  let over = false;
  const stalled = put(body(['01234'], false)).finally(() => {
    over = true;
  });
  await pass(() => over);
  expect(await rule(await stalled)).toEqual([408, 'limits.stall']);
  expect(await rule(await put(body(['01234'], true)))).toEqual([400, 'content-length']);
  expect(await rule(await put(body(['01234567890'], true)))).toEqual([400, 'content-length']);
  expect((await put(body(['0123456789'], true))).status).toBe(200);
  expect(received).toEqual(['0123456789']);
});

test('Kaggle has to respond in time', async () => {
  const { send } = against(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    {
      limits: { timeout: 0.02 },
    },
  );
  const response = await send(list);
  expect(response.status).toBe(504);
  expect(await response.text()).toContain('Kaggle did not respond in time');
});

test('a download ends if Kaggle or the page stalls, and Kaggle is told that nobody reads', async () => {
  const pass = stopTime();
  let canceled = 0;
  const file = () => new Response(body(['some', 'bytes'], false, () => void canceled++));
  const { send } = against(
    ({ method }) => (method === 'POST' ? new Response(null, { status: 302, headers: { location: signed } }) : file()),
    { limits: { concurrent: 1 } },
  );
  const address = (await send('datasets.DatasetApiService/DownloadDataset')).headers.get('location')!;
  const get = () => send(pathOf(address), { method: 'GET' });
  const unread = await get();
  expect((await get()).status).toBe(429);
  await pass(() => canceled === 1);
  await expect(unread.text()).rejects.toThrow(/the page read no data/);
  const read = expect((await get()).text()).rejects.toThrow(/Kaggle sent no data/);
  await pass(() => canceled === 2);
  await read;
});

test('a page that leaves ends the request to Kaggle', async () => {
  const { promise: asked, resolve: arrived } = Promise.withResolvers<AbortSignal>();
  const { send, events } = against(({ signal }) => {
    arrived(signal);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const leaving = new AbortController();
  const response = send(list, { signal: leaving.signal });
  const signal = await asked;
  leaving.abort();
  expect((await response).status).toBe(499);
  expect(signal.aborted).toBe(true);
  expect(events[0]!.error).toBe('the client closed the connection');
});
