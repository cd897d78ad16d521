import { expect, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { type ProxyOptions, runJobs } from '../../src/proxy/index.ts';
import { home, leaks, type Scene, setUp, token } from './support.ts';

const list = 'kernels.KernelsApiService/ListKernels';
const start = 'blobs.BlobApiService/StartBlobUpload';
const output = 'kernels.KernelsApiService/ListKernelSessionOutput';
const download = 'datasets.DatasetApiService/DownloadDataset';
const upload = 'https://www.googleapis.com/upload/storage/v1/b/x/o?uploadType=resumable&upload_id=ABg5secret';
const signed = 'https://storage.googleapis.com/x/file.csv?X-Goog-Signature=abcdef';

/** A proxy in front of a Kaggle that responds as the test says. */
function against(respond: (request: Request) => Response | Promise<Response>, options: Partial<ProxyOptions> = {}) {
  const asked: Request[] = [];
  const client = createClient({
    token,
    async fetch(request) {
      asked.push(request);
      return respond(request);
    },
  });
  const scene: Scene = setUp({ client, allow: { ...runJobs, [list]: true }, ...options });
  return { ...scene, asked };
}

const json = (value: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(value), init);
const pathOf = (url: string) => url.slice(`${home}/kaggle/`.length);

test('headers of Kaggle do not reach the page, unless they are listed and have the expected form', async () => {
  const headers = {
    'content-type': 'application/json',
    'set-cookie': 'ka_sessionid=secret',
    'retry-after': '3',
    location: signed,
    link: `<${signed}>`,
    'x-guploader-uploadid': 'secret',
    'x-goog-storage-class': 'secret',
    'www-authenticate': 'Bearer realm="secret"',
    'access-control-allow-origin': '*',
    'content-security-policy': 'none',
    refresh: `0; ${signed}`,
    server: 'secret',
    'x-kaggle-debug': 'secret',
    etag: '"secret"',
  };
  const { send, wire } = against(() => json({ kernels: [] }, { headers }));
  const response = await send(list);
  expect([...response.headers.keys()].sort()).toEqual([
    'cache-control',
    'content-security-policy',
    'content-type',
    'retry-after',
    'vary',
    'x-content-type-options',
  ]);
  expect(wire.text).not.toContain('secret');
});

test('tokens, upload sessions and signed URLs in any field are encrypted or removed', async () => {
  const { send, wire } = against(() =>
    json({
      token: 'eyJhbGciOiJkaXIi.token',
      createUrl: upload,
      nextPageToken: 'page-2',
      files: [
        { fileName: 'a', url: signed },
        { fileName: 'b', url: 'https://www.kaggleusercontent.com/kf/1/eyJhbGciOi.x/b' },
      ],
      page: 'https://www.kaggle.com/code/alice/my-job',
      picture: 'https://storage.googleapis.com/kaggle-datasets-images/1/thumbnail.png?t=2026',
      elsewhere: 'https://evil.example/x?signature=abcdef',
      inside: 'http://user:password@10.0.0.1/',
      nested: { deep: [{ accessToken: 'KGAT_other', api_key: 'hunter2', clientSecret: 'hunter2' }] },
      echo: `you sent Bearer ${token}`,
      [`key ${token}`]: token,
      errorMessage: `cannot read ${signed} with Bearer abc`,
      ['__proto__']: { polluted: true },
    }),
  );
  const response = await send(list);
  const answer = (await response.json()) as Record<string, unknown> & { files: { url: string }[]; createUrl: string };
  expect(leaks(wire)).toEqual([]);
  expect(wire.text).not.toMatch(/hunter2|abcdef|password|secret(?!")/);
  expect(answer).toMatchObject({
    token: expect.stringMatching(/^sealed\./),
    nextPageToken: 'page-2',
    page: 'https://www.kaggle.com/code/alice/my-job',
    picture: expect.stringContaining('?t=2026'),
    elsewhere: 'https://evil.example/x',
    errorMessage: expect.stringContaining('cannot read https://storage.googleapis.com/'),
  });
  for (const url of [answer.createUrl, ...answer.files.map((file) => file.url)])
    expect(url).toMatch(/^https:\/\/app\.example\.com\/kaggle\/transfer\/[\w-]+$/);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('a token of an upload comes back to Kaggle as it was', async () => {
  const real = 'eyJhbGciOiJkaXIi.token';
  const bodies: string[] = [];
  const { send } = against(async (request) => {
    bodies.push(await request.text());
    return json({ token: real, createUrl: upload });
  });
  const { token: sealed } = (await (await send(start)).json()) as { token: string };
  const body = JSON.stringify({
    files: [{ token: sealed }, { token: 'sealed' }],
    blobToken: [sealed],
    __proto__: null,
  });
  await send('datasets.DatasetApiService/CreateDataset', { body });
  expect(JSON.parse(bodies[1]!)).toEqual({ files: [{ token: real }, { token: 'sealed' }], blobToken: [real] });
  const forged = await send('datasets.DatasetApiService/CreateDataset', {
    body: '{"files":[{"token":"sealed.AAAA"}]}',
  });
  expect(forged.status).toBe(400);
});

test.each([
  'http://169.254.169.254/latest/meta-data',
  'https://evil.example/upload?upload_id=1',
  'http://www.googleapis.com/upload?upload_id=1',
  'https://www.googleapis.com.evil.example/upload?upload_id=1',
  'https://www.googleapis.com@evil.example/upload?upload_id=1',
  'https://googleapis.com.:444@10.0.0.1/?upload_id=1',
  'file:///etc/passwd',
  '//evil.example/x',
  'not a url',
])('an upload address on another server is refused: %s', async (createUrl) => {
  const { send } = against(() => json({ token: 't', createUrl }));
  const response = await send(start);
  expect(response.status).toBe(502);
  expect(await response.text()).toContain('which is not its storage');
});

test.each([
  'http://169.254.169.254/latest/meta-data',
  'https://evil.example/file?X-Goog-Signature=1',
  'https://storage.googleapis.com.evil.example/file',
  'https://storage.googleapis.com@evil.example/file',
  'http://storage.googleapis.com/file',
])('a redirect of a download to another server is refused: %s', async (location) => {
  const { send, asked, wire } = against(() => new Response(null, { status: 302, headers: { location } }));
  const response = await send(download);
  expect(response.status).toBe(502);
  expect(await response.text()).toMatch(/redirect/);
  expect(asked.map(({ url }) => new URL(url).hostname)).toEqual(['api.kaggle.com']);
  expect(leaks(wire)).toEqual([]);
});

test('a redirect of the storage to another server is refused, and no credential is sent to the storage', async () => {
  const { send, asked, wire } = against((request) => {
    const location = request.url.startsWith('https://api.') ? signed : 'http://127.0.0.1/private?token=1';
    return new Response(null, { status: 302, headers: { location } });
  });
  const address = (await send(download)).headers.get('location')!;
  const response = await send(pathOf(address), { method: 'GET' });
  expect(response.status).toBe(502);
  expect(asked.map(({ url }) => new URL(url).hostname)).toEqual(['api.kaggle.com', 'storage.googleapis.com']);
  expect(asked[1]!.headers.get('authorization')).toBeNull();
  expect(asked[1]!.headers.get('x-kaggle-ts')).toBeNull();
  expect(leaks(wire)).toEqual([]);
});

test('further origins of the storage can be named', async () => {
  const location = 'https://cdn.example:8443/file';
  const { send, asked } = against(
    ({ method }) =>
      method === 'POST' ? new Response(null, { status: 302, headers: { location } }) : new Response('data'),
    { storage: ['https://cdn.example:8443'] },
  );
  const address = (await send(download)).headers.get('location')!;
  expect(await (await send(pathOf(address), { method: 'GET' })).text()).toBe('data');
  expect(asked[1]!.url).toBe(location);
});

test('an error of Kaggle keeps its status and message, without secrets', async () => {
  const message = `no access to ${signed} with Bearer ${token}, user:pass@host`;
  const { send, wire } = against(() =>
    json(
      { error: { code: 409, message, status: 'ALREADY_EXISTS', details: [signed] } },
      { status: 409, headers: { 'retry-after': '7', 'set-cookie': 'a=b' } },
    ),
  );
  const response = await send(list);
  expect(response.status).toBe(409);
  expect(response.headers.get('retry-after')).toBe('7');
  const { error } = (await response.json()) as { error: { status: string; message: string } };
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'status']);
  expect(error.status).toBe('ALREADY_EXISTS');
  expect(error.message).toContain('no access to https://storage.googleapis.com/');
  expect(leaks(wire)).toEqual([]);
});

test.each<[string, Response, number]>([
  ['a web page', new Response('<!doctype html><title>KGAT_x</title>', { status: 503 }), 503],
  ['a web page as a success', new Response('<!doctype html>KGAT_x'), 502],
  ['nothing', new Response(''), 502],
  [
    'an error that claims to be of the proxy',
    json({ error: { code: 403, message: 'x', status: 'NOT_ALLOWED' } }, { status: 403 }),
    403,
  ],
])('a response that is not JSON becomes an error: %s', async (_what, answer, status) => {
  const { send, wire } = against(() => answer);
  const response = await send(list);
  expect(response.status).toBe(status);
  expect(((await response.json()) as { error: { status: string } }).error.status).not.toBe('NOT_ALLOWED');
  expect(leaks(wire)).toEqual([]);
});

test('errors of the storage are passed as JSON, without what they quote', async () => {
  const xml = `<Error><Code>SignatureDoesNotMatch</Code><Message>Denied: ${signed}</Message><StringToSign>GET ${token}</StringToSign></Error>`;
  const { send, wire } = against(({ method }) =>
    method === 'POST' ? json({ files: [{ fileName: 'a', url: signed }] }) : new Response(xml, { status: 403 }),
  );
  const { files } = (await (await send(output)).json()) as { files: { url: string }[] };
  const response = await send(pathOf(files[0]!.url), { method: 'GET' });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ error: { status: 'SignatureDoesNotMatch' } });
  expect(leaks(wire)).toEqual([]);
  expect(wire.text).not.toContain('StringToSign');
});

test('the response to an upload says size and checksums only', async () => {
  const object = {
    kind: 'storage#object',
    id: 'x/inbox/7/a.csv/1',
    selfLink: 'https://www.googleapis.com/storage/v1/b/x/o/inbox',
    mediaLink: signed,
    name: 'inbox/7/a.csv',
    size: '3',
    crc32c: 'abcd==',
    md5Hash: { toString: signed },
  };
  const { send, wire, asked } = against(({ method }) =>
    method === 'POST'
      ? json({ token: 't', createUrl: upload })
      : json(object, { headers: { 'x-guploader-uploadid': 'ABg5' } }),
  );
  const { createUrl } = (await (await send(start)).json()) as { createUrl: string };
  const response = await send(pathOf(createUrl), { method: 'PUT', body: 'abc' });
  expect(await response.json()).toEqual({ size: '3', crc32c: 'abcd==' });
  expect(asked[1]!.url).toBe(upload);
  expect(asked[1]!.headers.get('authorization')).toBeNull();
  expect(wire.text).not.toMatch(/inbox|ABg5|googleapis/);
});

test('a redirect of an upload is refused', async () => {
  const { send } = against(({ method }) =>
    method === 'POST'
      ? json({ token: 't', createUrl: upload })
      : new Response(null, { status: 308, headers: { location: 'https://evil.example' } }),
  );
  const { createUrl } = (await (await send(start)).json()) as { createUrl: string };
  expect((await send(pathOf(createUrl), { method: 'PUT', body: 'abc' })).status).toBe(502);
});

test('a credential in a live log is removed, also if it is split over chunks', async () => {
  const pieces = ['data: {"data":"my token is KGA', 'T_te', 'st"}\n\nda', 'ta: END_OF_LOG\n\n'];
  const { send, asked } = against(() => {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(encoder.encode(piece));
        controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream', 'set-cookie': 'a=b' } });
  });
  const response = await send('kernels/logs/stream/alice/my-job?versionLabel=v3', { method: 'GET' });
  expect(response.headers.get('set-cookie')).toBeNull();
  expect(await response.text()).toBe('data: {"data":"my token is [redacted]"}\n\ndata: END_OF_LOG\n\n');
  expect(asked[0]!.url).toBe('https://api.kaggle.com/v1/kernels/logs/stream/alice/my-job?versionLabel=v3');
});

test('a live log that Kaggle serves from another of its servers is followed without the credential', async () => {
  const { send, asked } = against(({ url }) =>
    url.startsWith('https://api.')
      ? new Response(null, { status: 302, headers: { location: 'https://logs.kaggle.net/stream/1' } })
      : new Response('data: END_OF_LOG\n\n', { headers: { 'content-type': 'text/event-stream' } }),
  );
  const response = await send('kernels/logs/stream/alice/my-job', { method: 'GET' });
  expect(await response.text()).toBe('data: END_OF_LOG\n\n');
  expect(asked[1]!.headers.get('authorization')).toBeNull();
});

test('a file that was decoded on the way is sent without the length and checksum of its encoded form', async () => {
  const headers = {
    'content-encoding': 'gzip',
    'content-length': '3',
    'x-goog-hash': 'crc32c=abcd==',
    etag: '"1"',
    'content-type': 'text/csv',
  };
  const { send } = against(({ method }) =>
    method === 'POST'
      ? new Response(null, { status: 302, headers: { location: signed } })
      : new Response('decoded', { headers }),
  );
  const address = (await send(download)).headers.get('location')!;
  const response = await send(pathOf(address), { method: 'GET' });
  expect(await response.text()).toBe('decoded');
  expect(Object.keys(headers).filter((name) => response.headers.has(name))).toEqual(['content-type']);
});

test('a part is asked for as the page asks, and headers of another form are refused', async () => {
  const { send, asked } = against(({ method }) =>
    method === 'POST'
      ? new Response(null, { status: 302, headers: { location: signed } })
      : new Response('b', {
          status: 206,
          headers: { 'content-range': 'bytes 1-1/3', 'content-length': '1', etag: '"1"' },
        }),
  );
  const path = pathOf((await send(download)).headers.get('location')!);
  const response = await send(path, {
    method: 'GET',
    headers: { range: 'bytes=1-1', 'if-range': '"1"', cookie: 'a=b' },
  });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe('bytes 1-1/3');
  expect(Object.fromEntries(asked[1]!.headers)).toEqual({
    'accept-encoding': 'identity',
    range: 'bytes=1-1',
    'if-range': '"1"',
  });
  for (const range of ['bytes=0-1,3-4', 'items=1', 'bytes=0-1, bytes=2-3'])
    expect((await send(path, { method: 'GET', headers: { range } })).status).toBe(400);
});

test('a page that is opened cannot run: files are attachments without a type of their own to guess', async () => {
  const { send } = against(({ method }) =>
    method === 'POST'
      ? new Response(null, { status: 302, headers: { location: signed } })
      : new Response('<script>alert(1)</script>', { headers: { 'content-type': 'text/html' } }),
  );
  const response = await send(pathOf((await send(download)).headers.get('location')!), { method: 'GET' });
  expect(response.headers.get('content-disposition')).toBe('attachment');
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});
