import { Buffer } from 'node:buffer';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { addressOf } from '../../src/proxy/address-of.ts';
import { type ProxyOptions, runJobs } from '../../src/proxy/index.ts';
import { stopTime } from '../time.ts';
import { home, type Scene, setUp, token } from './support.ts';

const list = 'kernels.KernelsApiService/ListKernels';
const save = 'kernels.KernelsApiService/SaveKernel';
const start = 'blobs.BlobApiService/StartBlobUpload';
const create = 'datasets.DatasetApiService/CreateDataset';
const download = 'datasets.DatasetApiService/DownloadDataset';
const output = 'kernels.KernelsApiService/ListKernelSessionOutput';
const log = 'kernels/logs/stream/alice/my-job';
const session = 'AHxI1nPsessionOfTheUpload';
const upload = `https://www.googleapis.com/upload/storage/v1/b/x/o?uploadType=resumable&upload_id=${session}`;
const signature = '0123456789abcdef0123456789abcdef';
const signed = `https://storage.googleapis.com/x/file.csv?X-Goog-Credential=who&X-Goog-Signature=${signature}`;
const blobToken = 'eyJhbGciOiJkaXIi.blob-token-of-alice';

/** A proxy in front of a Kaggle that responds as the test says. */
function against(respond: (request: Request) => Response | Promise<Response>, options: Partial<ProxyOptions> = {}) {
  const asked: Request[] = [];
  const client = createClient({
    token,
    async fetch(request) {
      asked.push(request.clone() as Request);
      return respond(request);
    },
  });
  const scene: Scene = setUp({ client, allow: { ...runJobs, [list]: true }, ...options });
  onTestFinished(() => scene.emulator.close());
  return { ...scene, asked };
}

const json = (value: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(value), init);
const pathOf = (url: string) => url.slice(`${home}/kaggle/`.length);

/** The credential of a request, decoded. */
const quoted = (headers: Headers) => {
  const [type, value = ''] = headers.get('authorization')!.split(' ');
  return type === 'Basic' ? `${atob(value)}, ${atob(value).split(':')[1]}` : value;
};

/** Forms in which a secret would still be usable. */
function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    JSON.stringify(secret).slice(1, -1),
  ];
}
const shown = (text: string, secrets: readonly string[]) =>
  secrets.flatMap(formsOf).filter((form) => text.includes(form));

test('a page cannot have Kaggle decrypt a token of an upload for it', async () => {
  const bodies: Record<string, unknown>[] = [];
  const { send, wire } = against(async (request) => {
    bodies.push((await request.json()) as Record<string, unknown>);
    return json(request.url.endsWith('StartBlobUpload') ? { token: blobToken, createUrl: upload } : bodies.at(-1));
  });
  const { token: sealed } = (await (await send(start)).json()) as { token: string };
  // A kernel's text and title can be read again.
  const echo = { text: sealed, newTitle: sealed, tags: [sealed], nested: { description: sealed }, [sealed]: sealed };
  await send(save, { body: JSON.stringify(echo) });
  expect(bodies[1]).toEqual(echo);
  const body = JSON.stringify({ files: [{ token: sealed, name: sealed }], blobToken: sealed });
  await send(create, { body });
  expect(bodies[2]).toEqual({ files: [{ token: blobToken, name: sealed }], blobToken });
  expect(shown(wire.text, [blobToken])).toEqual([]);
});

test('what Kaggle quotes of an opened token or address is removed', async () => {
  const { send, wire } = against((request) => {
    if (request.url.endsWith('StartBlobUpload')) return json({ token: blobToken, createUrl: upload });
    const message = `invalid: ${blobToken.slice(4)} (blob ${blobToken}), session ${session}`;
    return json({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }, { status: 400 });
  });
  const { token: sealed, createUrl } = (await (await send(start)).json()) as { token: string; createUrl: string };
  expect((await send(create, { body: JSON.stringify({ files: [{ token: sealed }] }) })).status).toBe(400);
  expect((await send(pathOf(createUrl), { method: 'PUT', body: 'abc' })).status).toBe(400);
  const [, started] = wire.text.split(session);
  expect(started).toBeUndefined();
  expect(shown(wire.text, [blobToken, session])).toEqual([]);
});

test.each<[string, unknown]>([
  ['text', { description: `see ${signed} and ${signed}` }],
  ['text that begins with a space', { description: ` ${signed}` }],
  ['JSON in text', { log: JSON.stringify([{ data: `${signed}\n`, time: 1 }]) }],
  ['JSON in JSON in text', { log: JSON.stringify({ log: JSON.stringify({ url: signed, more: 1 }) }) }],
  ['text with escaped slashes', { log: JSON.stringify({ url: signed }).replaceAll('/', '\\/') }],
  ['text with escaped signs', { log: JSON.stringify({ url: signed }).replaceAll('&', '\\u0026') }],
  ['HTML', { html: `<a href="${signed.replaceAll('&', '&amp;')}">file</a>` }],
  ['Markdown', { text: `[file](${signed})` }],
  ['a percent-encoded parameter', { next: `https://example.com/?next=${encodeURIComponent(signed)}` }],
  ['a page with a percent-encoded parameter', { next: `https://www.kaggle.com/x?next=${encodeURIComponent(signed)}` }],
  ['percent-encoded text', { text: `next=${encodeURIComponent(signed)}` }],
  ['a fragment', { url: `https://storage.googleapis.com/x/file.csv#X-Goog-Signature=${signature}` }],
  ['upper case', { text: `see ${signed.replace('https', 'HTTPS')}` }],
  ['a name', { [signed]: 1, [`see ${signed}`]: 2 }],
  ['a name in a list', { files: [{ [signed]: {} }] }],
  ['a text alone', signed],
  ['a list alone', [signed, `see ${signed}`]],
])('a signed address never reaches a page: as %s', async (_where, answer) => {
  const { send, wire } = against(() => json(answer));
  const response = await send(list);
  expect(response.status).toBe(200);
  await response.json();
  expect(shown(wire.text, [signature, signed])).toEqual([]);
});

test('text around a signed address, and other addresses, stay as they are', async () => {
  const stored = [{ stream_name: 'stdout', time: 1.5, data: `got ${signed}\n` }];
  const text = 'url = "https://example.com/api?token=mine&x=1" # https://www.kaggle.com/code?sortBy=hotness\n';
  const { send } = against(() => json({ log: JSON.stringify(stored), blob: { source: text } }));
  const answer = (await (await send(output)).json()) as { log: string; blob: { source: string } };
  expect(JSON.parse(answer.log)).toEqual([
    { stream_name: 'stdout', time: 1.5, data: 'got https://storage.googleapis.com/…/file.csv\n' },
  ]);
  expect(answer.blob.source).toBe(text);
});

test('a signed address in a live log is removed, also if it is split over chunks', async () => {
  const line = `data: ${JSON.stringify({ stream_name: 'stdout', data: `got ${signed}\n` })}\n\n`;
  const { send } = against(() => {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (let at = 0; at < line.length; at += 7) controller.enqueue(encoder.encode(line.slice(at, at + 7)));
        controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
  const text = await (await send(log, { method: 'GET' })).text();
  expect(text).toBe(line.replace(signed, 'https://storage.googleapis.com/…/file.csv'));
});

test.each<[string, string, string]>([
  ['retry-after', list, token],
  ['last-modified', download, token],
  ['etag', download, `"${token}"`],
  ['content-type', download, `text/${token}`],
  ['x-goog-stored-content-encoding', download, token],
])('a credential in the header %s does not reach the page', async (name, method, value) => {
  const { send, wire } = against(({ url }) =>
    url.includes('storage') || !method.includes('Download')
      ? json({}, { headers: { [name]: value } })
      : new Response(null, { status: 302, headers: { location: signed } }),
  );
  const response = await send(method);
  const location = response.headers.get('location');
  if (location) await send(pathOf(location), { method: 'GET' });
  expect(shown(wire.text, [token])).toEqual([]);
});

test('a credential in an error does not reach the page or the log of the host, in any field and encoding', async () => {
  const status = token.toUpperCase();
  const message = formsOf(token).join(' ');
  const { send, wire, events } = against(({ url }) => {
    if (url.endsWith(list)) return json({ error: { code: 409, message, status: token } }, { status: 409 });
    throw new Error(`cannot send header ${token.slice(0, 4)} ${token}`, { cause: new Error(status) });
  });
  await (await send(list)).text();
  await (await send(save)).text();
  expect(shown(wire.text, [token])).toEqual([]);
  expect(shown(JSON.stringify(events), [token])).toEqual([]);
  expect(events).toHaveLength(2);
});

test.each<[string, (fetch: (request: Request) => Promise<Response>) => Partial<ProxyOptions>]>([
  ['of a client', (fetch) => ({ client: createClient({ username: 'alice', key: 'hunter2"hunter2', fetch }) })],
  ['from a token function', (fetch) => ({ client: createClient({ token: async () => 'hunter2-hunter2', fetch }) })],
])('a credential %s that Kaggle quotes does not reach the page', async (_where, make) => {
  const { send, wire } = against(() => json({}), {
    ...make(async ({ headers }) => json({ text: `you sent ${headers.get('authorization')} (${quoted(headers)})` })),
    secret: 's'.repeat(32),
  });
  expect(await (await send(list)).text()).toContain('you sent');
  const credentials = ['hunter2-hunter2', 'hunter2"hunter2', 'alice:hunter2"hunter2'];
  expect(shown(wire.text, credentials)).toEqual([]);
});

test.each<[string, Record<string, string>, string, number]>([
  ['an unencrypted page of the same host', { origin: home.replace('https', 'http') }, home, 403],
  ['an encrypted page, behind a server that terminates TLS', { origin: home }, home.replace('https', 'http'), 200],
  [
    'a page of the same host that the browser calls another site',
    { origin: home, 'sec-fetch-site': 'cross-site' },
    home,
    403,
  ],
  ['a subdomain that a rewritten host hides', { origin: home, 'sec-fetch-site': 'same-site' }, home, 403],
  ['a sandboxed page of the same site', { origin: 'null', 'sec-fetch-site': 'same-origin' }, home, 403],
  ['another port', { origin: `${home}:8443` }, home, 403],
  ['a dot at the end', { origin: `${home}.` }, home, 403],
  ['a subdomain', { origin: home.replace('app', 'x.app') }, home, 403],
  ['capital letters', { origin: home.toUpperCase() }, home, 403],
  ['a path', { origin: `${home}/x` }, home, 403],
  ['a user', { origin: home.replace('//', '//x@') }, home, 403],
  ['no origin at all', { origin: '' }, home, 403],
])('origin: %s', async (_what, headers, server, status) => {
  const { proxy, emulator } = setUp();
  onTestFinished(() => emulator.close());
  const response = await proxy.fetch(
    new Request(`${server}/kaggle/${list}`, {
      method: 'POST',
      body: '{}',
      headers: { 'x-kaggle-ts': `${home}/kaggle`, 'content-type': 'application/json', ...headers },
    }),
  );
  expect(response.status).toBe(status);
  const allowed = response.headers.get('access-control-allow-origin');
  expect(allowed).toBe(status === 200 ? headers.origin : null);
});

test.each(['?x=1', '?upload_id=1', '?method=DELETE'])('a transfer with the query %s is refused', async (query) => {
  const { send, asked } = against(() => json({ token: blobToken, createUrl: upload }));
  const { createUrl } = (await (await send(start)).json()) as { createUrl: string };
  expect((await send(pathOf(createUrl) + query, { method: 'PUT', body: 'abc' })).status).toBe(400);
  expect(asked).toHaveLength(1);
});

test.each([
  'https://:secret@storage.googleapis.com/file',
  'https://storage.googleapis.com./file',
  'https://storage.googleapis.com%2eevil.example/file',
  'https://[::ffff:127.0.0.1]/file',
  'https://2130706433/file',
  'https://0x7f.1/file',
  'https://localhost/file',
  'https://api.kaggle.com.nip.io/file',
  'http://api.kaggle.com/v1/file',
  'https://evilkaggle.com/file',
  'https://kaggle.com.evil.example\\@storage.googleapis.com/file',
  '//evil.example/file',
  'javascript:alert(1)',
  'data:text/plain,x',
])('a redirect to %s is not followed, for files, logs and calls', async (location) => {
  const redirect = () => new Response(null, { status: 307, headers: { location } });
  for (const [path, method] of [
    [download, 'POST'],
    [list, 'POST'],
    [log, 'GET'],
  ] as const) {
    const { send, asked, wire } = against(redirect);
    const response = await send(path, { method });
    expect(response.status).toBe(502);
    expect(asked.map(({ url }) => new URL(url).hostname)).toEqual(['api.kaggle.com']);
    expect(wire.text).not.toContain('secret');
  }
});

test('a sealed value is useless as one of another kind', async () => {
  const { send, asked } = against(({ url }) =>
    url.endsWith('StartBlobUpload')
      ? json({ token: blobToken, createUrl: upload })
      : new Response(null, { status: 302, headers: { location: signed } }),
  );
  const { token: sealed, createUrl } = (await (await send(start)).json()) as { token: string; createUrl: string };
  const file = (await send(download)).headers.get('location')!;
  const value = (url: string) => url.slice(url.lastIndexOf('/') + 1);
  const before = asked.length;
  const part = sealed.slice('sealed.'.length);
  for (const address of [part, value(createUrl), part.slice(0, -1), part.slice(0, 40), `${part}A`, 'A'.repeat(16_384)])
    expect((await send(`transfer/${address}`, { method: 'GET' })).status).toBe(404);
  for (const address of [part, value(file)])
    expect((await send(`transfer/${address}`, { method: 'PUT', body: 'abc' })).status).toBe(404);
  for (const forged of [value(createUrl), value(file), part.slice(0, -4)]) {
    const body = JSON.stringify({ files: [{ token: `sealed.${forged}` }] });
    expect((await send(create, { body })).status).toBe(400);
  }
  expect(asked).toHaveLength(before);
});

test('IPv6 clients count by network, as one of them has more addresses than can be counted', () => {
  const key = (address: string) => addressOf(new Request(home), { address });
  expect(key('2001:db8:1:2:3:4:5:6')).toBe(key('2001:0db8:0001:0002::1'));
  expect(key('2001:db8:1:2::1')).not.toBe(key('2001:db8:1:3::1'));
  expect(key('2001:db8::1')).toBe(key('2001:db8:0:0:ffff::'));
  expect(key('::ffff:10.0.0.1')).toBe(key('10.0.0.1'));
  expect(key('::ffff:10.0.0.1')).not.toBe(key('::ffff:10.0.0.2'));
  expect(key('fe80::1%eth0')).toBe(key('fe80::2'));
  expect(key('10.0.0.1')).not.toBe(key('10.0.0.2'));
});

test.each<[string, number]>([
  ['an answer', 200],
  ['an error', 400],
])('%s of Kaggle that never ends is given up, and its connection is closed', async (_what, status) => {
  const pass = stopTime();
  for (const [path, method] of [
    [list, 'POST'],
    [log, 'GET'],
    ['upload', 'PUT'],
  ] as const) {
    let canceled = false;
    const endless = () =>
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"a":')),
        cancel: () => {
          canceled = true;
        },
      });
    const { send } = against(({ url }) =>
      url.endsWith('StartBlobUpload')
        ? json({ token: blobToken, createUrl: upload })
        : new Response(endless(), { status, headers: { 'content-type': 'application/json' } }),
    );
    const { createUrl } = (await (await send(start)).json()) as { createUrl: string };
    const target = path === 'upload' ? pathOf(createUrl) : path;
    const response = send(target, { method, ...(method === 'PUT' && { body: 'abc' }) });
    await pass(() => canceled);
    expect((await response).status).toBe(504);
  }
});
