import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { createProxy, type ProxyOptions, readOnly, runJobs } from '../../src/proxy/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { home, leaks, setUp as open, type Scene } from './support.ts';

const list = 'kernels.KernelsApiService/ListKernels';
const get = 'datasets.DatasetApiService/GetDataset';

function setUp(options: Partial<ProxyOptions> = {}): Scene {
  const scene = open(options);
  onTestFinished(() => scene.emulator.close());
  return scene;
}

/** Status, rule and message of a response. */
async function outcome(response: Response): Promise<[number, string | undefined, string]> {
  const { error } = (await response.json()) as { error?: { code: number; rule?: string; message: string } };
  if (error) expect(error.code).toBe(response.status);
  return [response.status, error?.rule, error?.message ?? ''];
}

/** Requests that reached Kaggle. */
const asked = ({ emulator }: Scene) => emulator.state.requests.length;

test('a method that is not listed is refused with its name and the rule, and nothing is sent', async () => {
  const scene = setUp({ allow: readOnly });
  expect(await outcome(await scene.send('kernels.KernelsApiService/DeleteKernel'))).toEqual([
    403,
    'allow',
    'kernels.KernelsApiService/DeleteKernel is not allowed by this proxy; its option allow does not list it',
  ]);
  expect(asked(scene)).toBe(0);
  expect(scene.events).toEqual([
    expect.objectContaining({ type: 'call', user: 'alice', status: 403, rule: 'allow', method: expect.any(String) }),
  ]);
});

test('a function that needs a forbidden method says so, without waiting and without taking it for absent', async () => {
  const { page } = setUp({ allow: { 'security.OAuthService/IntrospectToken': true } });
  const refused = /GetKernelSessionStatus is not allowed by this proxy/;
  await expect(kernels.wait(page(), 'alice/my-job')).rejects.toMatchObject({
    name: 'AuthenticationError',
    status: 403,
    reason: 'NOT_ALLOWED',
    message: expect.stringMatching(refused),
  });
  const dataset = { owner: 'alice', slug: 'my-points', title: 'My points', files: [{ name: 'a', data: 'a' }] };
  await expect(datasets.createOrVersion(page(), dataset)).rejects.toThrow(/is not allowed by this proxy/);
  const lines = kernels.logs(page(), 'alice/my-job/1', { follow: true });
  await expect(lines.next()).rejects.toThrow(/is not allowed by this proxy/);
});

test('a rule decides by the request and the user, and can say why', async () => {
  const seen: unknown[] = [];
  const scene = setUp({
    allow: {
      [get]: (request, { user, request: { headers } }) => {
        seen.push(headers.get('x-team'));
        return request.ownerSlug === user || `${user} may read only their own datasets`;
      },
      [list]: () => false,
      'kernels.KernelsApiService/GetKernel': false,
      'kernels.KernelsApiService/GetKernelSessionLogsStream': ({ userName }) => userName === 'alice',
    },
  });
  const own = await scene.send(get, { body: '{"ownerSlug":"alice","datasetSlug":"x"}', headers: { 'x-team': 'red' } });
  expect((await outcome(own))[1]).toBeUndefined();
  expect(asked(scene)).toBe(1);
  const other = await scene.send(get, { body: '{"ownerSlug":"bob","datasetSlug":"x"}' });
  expect(await outcome(other)).toEqual([
    403,
    'allow',
    `${get} is not allowed by this proxy: alice may read only their own datasets`,
  ]);
  expect((await outcome(await scene.send(list)))[2]).toContain('its rule in the option allow refused the request');
  expect((await outcome(await scene.send('kernels.KernelsApiService/GetKernel')))[2]).toContain('does not list it');
  const log = await scene.send('kernels/logs/stream/bob/my-job', { method: 'GET' });
  expect((await outcome(log)).slice(0, 2)).toEqual([403, 'allow']);
  expect(asked(scene)).toBe(1);
  expect(seen[0]).toBe('red');
});

test.each([
  '{"owner_slug":"bob","ownerSlug":"alice"}',
  '{"ownerSlug":"alice","ownerslug":"bob"}',
  '{"ownerSlug":"alice","OwnerSlug":"bob"}',
  '{"ownerSlug":"alice","__proto__":{"ownerSlug":"bob"}}',
  '{"ownerSlug":"alice","inner":[{"owner_slug":"bob"}]}',
])('a request whose fields the server may read differently never reaches a rule: %s', async (body) => {
  const scene = setUp({ allow: { [get]: ({ ownerSlug }) => ownerSlug === 'alice' } });
  expect((await outcome(await scene.send(get, { body }))).slice(0, 2)).toEqual([400, 'allow']);
  expect(asked(scene)).toBe(0);
});

test('a repeated field reaches Kaggle as the rule saw it', async () => {
  const sent: string[] = [];
  const client = createClient({
    token: 'KGAT_test',
    async fetch(request) {
      sent.push(await request.text());
      return Response.json({});
    },
  });
  const { send } = setUp({ client, allow: { [get]: ({ ownerSlug }) => ownerSlug === 'alice' } });
  await send(get, { body: '{"ownerSlug":"bob","ownerSlug":"alice"}' });
  expect((await send(get, { body: '{"ownerSlug":"alice","ownerSlug":"bob"}' })).status).toBe(403);
  expect(sent).toEqual(['{"ownerSlug":"alice"}']);
});

test.each([
  ['another method with the same prefix', 'kernels.KernelsApiService/ListKernelsX', 403],
  ['a part of a name', 'kernels.KernelsApiService/ListKernel', 403],
  ['other letters', 'kernels.KernelsApiService/listkernels', 403],
  ['a member of objects', 'constructor.prototype/toString', 403],
  ['__proto__', 'a.__proto__/ListKernels', 403],
  ['a slash at the end', `${list}/`, 404],
  ['two slashes', `/${list}`, 404],
  ['an empty segment', list.replace('/', '//'), 404],
  ['dots', `x/../${list}`, 403],
  ['encoded dots', `%2e%2e/kaggle2/${list}`, 404],
  ['an encoded slash', list.replace('/', '%2F'), 404],
  ['an encoded letter', list.replace('L', '%4C'), 404],
  ['a backslash', list.replace('/', '\\'), 403],
  ['a parameter', `${list};x=1`, 404],
  ['a query', `${list}?method=POST`, 400],
  ['a zero', `${list}%00`, 404],
  ['nothing', '', 404],
  ['the API itself', 'v1/kernels.KernelsApiService/ListKernels', 404],
  ['the log of nobody', 'kernels/logs/stream/alice/', 404],
  ['the log through dots', 'kernels/logs/stream/../../x/y', 404],
  ['the log with a slash', 'kernels/logs/stream/alice/x%2Fy', 404],
  ['a URL', 'https://example.com/x', 404],
])('an address with %s', async (_how, path, status) => {
  const scene = setUp({ allow: { 'kernels.KernelsApiService/GetKernelSessionLogsStream': true } });
  const logged = path.startsWith('kernels/');
  const response = await scene.send(path, logged ? { method: 'GET' } : {});
  expect((await outcome(response))[0]).toBe(status);
  expect(asked(scene)).toBe(0);
});

test('an address outside of the path is none of the proxy', async () => {
  const { proxy } = setUp();
  for (const path of ['/', '/kaggle', '/kagglex/a.B/C', `/x/kaggle/${list}`, `/KAGGLE/${list}`]) {
    const headers = { 'x-kaggle-ts': `${home}/kaggle`, 'content-type': 'application/json' };
    const response = await proxy.fetch(new Request(home + path, { method: 'POST', body: '{}', headers }));
    expect(response.status).toBe(404);
  }
});

test.each([
  ['GET', list, 'POST'],
  ['DELETE', list, 'POST'],
  ['PUT', list, 'POST'],
  ['POST', 'kernels/logs/stream/alice/x', 'GET'],
  ['POST', 'transfer/AAAA', 'GET, PUT'],
  ['HEAD', 'transfer/AAAA', 'GET, PUT'],
])('%s %s is refused', async (method, path, allowed) => {
  const response = await setUp().send(path, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe(allowed);
});

test.each<[string, Record<string, string>, number, string]>([
  ['a page of another origin', { origin: 'https://evil.example' }, 403, 'origins'],
  ['an origin that begins like ours', { origin: `${home}.evil.example` }, 403, 'origins'],
  ['a sandboxed page', { origin: 'null' }, 403, 'origins'],
  ['two origins', { origin: `${home}, https://evil.example` }, 403, 'origins'],
  ['a forwarded host', { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' }, 403, 'origins'],
  ['another site without an origin', { 'sec-fetch-site': 'cross-site' }, 403, 'origins'],
  ['another subdomain without an origin', { 'sec-fetch-site': 'same-site' }, 403, 'origins'],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'content-type'],
  ['plain text', { 'content-type': 'text/plain' }, 415, 'content-type'],
  ['two content types', { 'content-type': 'application/json, text/plain' }, 415, 'content-type'],
  ['a compressed body', { 'content-encoding': 'gzip' }, 415, 'content-encoding'],
  ['another value of the header', { 'x-kaggle-ts': '1' }, 400, 'x-kaggle-ts'],
  ['two of these headers', { 'x-kaggle-ts': `${home}/kaggle, https://evil.example/kaggle` }, 400, 'x-kaggle-ts'],
  ['a script as the header', { 'x-kaggle-ts': 'javascript:alert(1)' }, 400, 'x-kaggle-ts'],
  ['credentials in the header', { 'x-kaggle-ts': 'https://a:b@app.example.com/kaggle' }, 400, 'x-kaggle-ts'],
])('%s is refused', async (_what, headers, status, rule) => {
  const scene = setUp();
  const response = await scene.send(list, { headers });
  expect((await outcome(response)).slice(0, 2)).toEqual([status, rule]);
  if (rule === 'origins') expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect(asked(scene)).toBe(0);
});

test('a request without the header is refused, as a page of another origin could send it', async () => {
  const { proxy, emulator } = setUp();
  const headers = { 'content-type': 'application/json' };
  const response = await proxy.fetch(new Request(`${home}/kaggle/${list}`, { method: 'POST', body: '{}', headers }));
  expect(await outcome(response)).toEqual([400, 'x-kaggle-ts', expect.stringContaining("credential: 'proxy'")]);
  expect(emulator.state.requests).toEqual([]);
});

test('origins are exact, and replace the own origin', async () => {
  const { send } = setUp({ origins: ['https://other.example'] });
  const status = async (origin: string) => (await send(list, { headers: { origin } })).status;
  expect(await status('https://other.example')).toBe(200);
  expect(await status('http://other.example')).toBe(403);
  expect(await status('https://other.example:444')).toBe(403);
  expect(await status(home)).toBe(403);
});

test('a preflight request is answered for allowed origins only, and needs no authorization', async () => {
  const scene = setUp({ origins: ['https://other.example'], authorize: () => false });
  const ask = (origin: string, method: string, path = list) =>
    scene.send(path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } });
  const response = await ask('https://other.example', 'POST');
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-origin')).toBe('https://other.example');
  expect(response.headers.get('access-control-allow-headers')).toContain('x-kaggle-ts');
  expect(response.headers.get('vary')).toContain('origin');
  expect((await ask('https://evil.example', 'POST')).status).toBe(403);
  expect((await ask('https://other.example', 'DELETE')).status).toBe(405);
});

test.each<[string, ProxyOptions['authorize'], number]>([
  ['false', () => false, 401],
  ['a promise of false', async () => false, 401],
  ['nothing', () => undefined as unknown as boolean, 401],
  ['a text', () => 'alice' as unknown as boolean, 401],
  ['an empty user', () => ({ user: '' }), 401],
  ['a user that is no text', () => ({ user: 7 }) as unknown as { user: string }, 401],
  ['a response', () => new Response('sign in', { status: 402 }), 402],
])('authorize returns %s: the request is refused', async (_what, authorize, status) => {
  const scene = setUp({ authorize });
  const response = await scene.send(list);
  expect(response.status).toBe(status);
  expect(asked(scene)).toBe(0);
  expect(scene.events[0]!.rule).toBe('authorize');
});

test('an error of authorize or of a rule is not shown to the page', async () => {
  const fail = () => {
    throw new Error('password hunter2 KGAT_secret');
  };
  for (const options of [{ authorize: fail }, { allow: { [list]: fail } }]) {
    const { send, events, wire } = setUp(options);
    expect((await send(list)).status).toBe(500);
    expect(wire.text).not.toContain('hunter2');
    expect(events[0]!.error).toContain('hunter2');
    expect(events[0]!.error).not.toContain('KGAT_secret');
  }
});

test('authorize sees the request without its body, and nothing of the page reaches Kaggle', async () => {
  let body: unknown;
  const scene = setUp({
    async authorize(request) {
      body = request.body;
      await request.text();
      return true;
    },
  });
  const headers = {
    authorization: 'Session secret',
    cookie: 'sid=1',
    'x-forwarded-for': '10.0.0.1',
    'x-http-method-override': 'DELETE',
    referer: `${home}/private`,
    'user-agent': 'page',
  };
  expect((await scene.send(list, { headers })).status).toBe(200);
  expect(body).toBeNull();
  const [request] = scene.emulator.state.requests;
  expect(request!.headers.authorization).toBe('Bearer KGAT_test');
  expect(Object.keys(request!.headers).sort()).toEqual(['authorization', 'content-type', 'user-agent']);
  expect(request!.headers['user-agent']).toContain('kaggle-ts');
});

test('addresses lead to where the client is, whatever Host and X-Forwarded-Host say', async () => {
  const { proxy } = setUp();
  const headers = {
    'x-kaggle-ts': 'https://front.example/sub/kaggle/',
    'content-type': 'application/json',
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'gopher',
  };
  const url = 'http://inside:8080/kaggle/blobs.BlobApiService/StartBlobUpload';
  const body = '{"type":"DATASET","name":"a.csv"}';
  const response = await proxy.fetch(new Request(url, { method: 'POST', body, headers }));
  const { createUrl, token } = (await response.json()) as { createUrl: string; token: string };
  expect(createUrl).toMatch(/^https:\/\/front\.example\/sub\/kaggle\/transfer\/[\w-]+$/);
  expect(token).toMatch(/^sealed\./);
});

test('a transfer belongs to one user, one direction and one secret', async () => {
  let now = 1_800_000_000_000;
  const scene = open({}, { now: () => now });
  onTestFinished(() => scene.emulator.close());
  const platform = {
    name: 'test',
    concurrency: 4,
    clock: { now: () => now, sleep: async () => {}, random: Math.random },
  };
  const client = createClient({ token: 'KGAT_test', fetch: scene.emulator.fetch, platform });
  const make = (options: Partial<ProxyOptions> = {}) =>
    createProxy({
      client,
      allow: runJobs,
      authorize: ({ headers }) => ({ user: headers.get('authorization') ?? 'alice' }),
      ...options,
    });
  const proxy = make();
  const send = (path: string, init: RequestInit = {}, through = proxy) => {
    const headers = new Headers({ 'x-kaggle-ts': `${home}/kaggle`, 'content-type': 'application/json' });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    return through.fetch(new Request(`${home}/kaggle/${path}`, { ...init, headers }));
  };
  const body = '{"type":"DATASET","name":"a.csv"}';
  const start = await send('blobs.BlobApiService/StartBlobUpload', { method: 'POST', body });
  const { createUrl, token } = (await start.json()) as { createUrl: string; token: string };
  const path = createUrl.slice(`${home}/kaggle/`.length);
  const query = { method: 'PUT', headers: { 'content-range': 'bytes */10' } };
  expect((await send(path, query)).status).toBe(308);
  const refused = async (response: Promise<Response>) => (await outcome(await response)).slice(0, 2);
  expect(await refused(send(path, { ...query, headers: { ...query.headers, authorization: 'bob' } }))).toEqual([
    404,
    'address',
  ]);
  expect(await refused(send(path))).toEqual([404, 'address']);
  expect(await refused(send(path, query, make({ secret: 'x'.repeat(32) })))).toEqual([404, 'address']);
  expect(await refused(send(path, query, make({ authorize: () => true })))).toEqual([404, 'address']);
  for (const at of [9, 20, path.length - 1]) {
    const changed = `${path.slice(0, at)}${path[at] === 'A' ? 'B' : 'A'}${path.slice(at + 1)}`;
    expect(await refused(send(changed, query))).toEqual([404, 'address']);
  }
  const version = (user: string) =>
    send('datasets.DatasetApiService/CreateDataset', {
      method: 'POST',
      body: JSON.stringify({ ownerSlug: 'alice', slug: 'x', title: 'A title', files: [{ token }] }),
      headers: { authorization: user },
    });
  expect(await refused(version('bob'))).toEqual([400, 'address']);
  now += 8 * 24 * 3_600_000;
  expect(await refused(send(path, query))).toEqual([410, 'address']);
  expect(await outcome(await version('alice'))).toEqual([400, 'address', expect.stringContaining('has expired')]);
});

test('no secret is in an event', async () => {
  const scene = setUp();
  await kernels.run(scene.page(), { slug: 'alice/my-job', newTitle: 'My job', text: 'print(1)', output: '/out' });
  await scene.send('kernels/logs/stream/alice/my-job', { method: 'GET' });
  await scene.send(list, { headers: { origin: 'https://evil.example/?token=KGAT_secret' } });
  expect(leaks({ text: JSON.stringify(scene.events), sent: [] })).toEqual([]);
  expect(new Set(scene.events.map(({ type }) => type))).toEqual(new Set(['call', 'download', 'log', 'none']));
});

test.each<[string, object, RegExp]>([
  ['neither client nor credential', { client: undefined }, /client: expected client or credential/],
  ['both', { credential: { token: 'KGAT_x' } }, /client: expected client or credential/],
  ['no allow', { allow: undefined }, /allow: expected an object of methods/],
  ['a list', { allow: ['a.B/C'] }, /allow: expected an object of methods/],
  ['a pattern', { allow: { 'kernels.*': true } }, /allow: expected names such as .*, got "kernels\.\*"/],
  ['a wrong rule', { allow: { 'a.B/C': 'yes' } }, /allow: a\.B\/C: expected true, false or a function, got a string/],
  ['no authorize', { authorize: undefined }, /authorize: is missing/],
  ['a path with dots', { path: '/a/..' }, /path: expected a path such as \/kaggle/],
  ['no slash', { path: 'kaggle' }, /path: expected a path/],
  ['an origin with a path', { origins: ['https://a.example/'] }, /origins: expected origins such as/],
  ['any origin', { origins: ['*'] }, /origins: expected origins such as/],
  ['the null origin', { origins: ['null'] }, /origins: expected origins such as/],
  ['a short secret', { secret: 'short' }, /secret: expected a random text of at least 32 characters/],
  ['a limit of 0', { limits: { stall: 0 } }, /stall: expected more than 0, got 0/],
  ['an unknown limit', { limits: { size: 1 } }, /size: no such option/],
  ['an unknown option', { allowed: {} }, /allowed: no such option; did you mean allow\?/],
])('createProxy refuses %s', (_what, wrong, message) => {
  const client = createClient({ token: 'KGAT_test' });
  const options = { client, allow: readOnly, authorize: () => true, ...wrong };
  expect(() => createProxy(options as ProxyOptions)).toThrow(message);
});

test('a username and key need a secret of their own', async () => {
  const { send, emulator } = setUp();
  const client = createClient({ username: 'alice', key: 'alice-key', fetch: emulator.fetch });
  const scene = setUp({ client });
  const body = '{"type":"DATASET","name":"a.csv"}';
  expect((await scene.send('blobs.BlobApiService/StartBlobUpload', { body })).status).toBe(500);
  expect(scene.events[0]!.error).toContain('pass secret');
  expect((await send('blobs.BlobApiService/StartBlobUpload', { body })).status).toBe(200);
});

test('a proxy without a credential, or with one that Kaggle rejects, says so', async () => {
  for (const client of [createClient({ fetch: async () => Response.json({}) }), undefined]) {
    const scene = setUp();
    const rejected = createClient({ token: 'KGAT_unknown', fetch: scene.emulator.fetch });
    const { send, wire } = setUp({ client: client ?? rejected });
    const [status, , message] = await outcome(await send(list));
    expect(status).toBe(424);
    expect(message).toMatch(/credential/);
    expect(leaks(wire)).toEqual([]);
  }
});
