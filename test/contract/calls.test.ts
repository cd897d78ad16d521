import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import {
  type ApiError,
  AuthenticationError,
  ConnectionError,
  NotFoundError,
  PermissionError,
  RateLimitError,
} from '../../src/core/errors.ts';
import type { ClientOptions } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { downloadDataset } from '../../src/services/datasets/generated/index.ts';
import { getKernel, getKernelSessionStatus, saveKernel } from '../../src/services/kernels/generated/index.ts';

const kernel = { userName: 'alice', kernelSlug: 'my-kernel' };
const service = 'kernels.KernelsApiService';
const busy = () => Response.json({ code: 503, message: 'busy' }, { status: 503 });
const fine = () => Response.json({ status: 'RUNNING' });

/** A client whose pauses take no time, with what it sent and how long it would have waited. */
function setUp(answer: (count: number, request: Request) => Response | Promise<Response>, options: ClientOptions = {}) {
  const sent: Request[] = [];
  const pauses: number[] = [];
  const clock = {
    now: () => Date.now(),
    random: () => 0,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      pauses.push(ms);
    },
  };
  const client = createClient({
    endpoint: 'https://api.test',
    token: 'KGAT_x',
    platform: { ...memoryPlatform(), clock },
    async fetch(request) {
      sent.push(request);
      return answer(sent.length, request);
    },
    ...options,
  });
  return { client, sent, pauses };
}
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('should have failed'),
    (error: unknown) => error as ApiError,
  );

describe('a call that must not be repeated never is', () => {
  test.each<[string, (at: ReturnType<typeof setUp>) => Promise<unknown>]>([
    ['typed', ({ client }) => client.call(saveKernel, { slug: 'alice/x' }, { retry: 3 })],
    ['by name', ({ client }) => client.call(service, 'SaveKernel', {}, { retry: 3 })],
    ['by a name that reads and makes', ({ client }) => client.call(service, 'GetOrCreateKernel', {}, { retry: 3 })],
    ['its response', ({ client }) => client.callRaw(service, 'DeleteKernel', {}, { retry: 3 })],
  ])('whatever `retry` says: %s', async (_how, call) => {
    for (const answer of [busy, () => Promise.reject(new TypeError('fetch failed')), () => new Response('')]) {
      const at = setUp(answer);
      await call(at).catch(() => undefined);
      expect(at.sent).toHaveLength(1);
    }
  });

  test('one that reads is, by its name as well', async () => {
    for (const name of ['ListKernels', 'GetKernel', 'StartBlobUpload']) {
      const { client, sent } = setUp((count) => (count < 3 ? busy() : fine()));
      await client.call(service, name, {}, { retry: 2 });
      expect(sent).toHaveLength(3);
    }
  });
});

describe('what a 200 says decides as the status would', () => {
  test.each([
    ['a code', { code: 503, message: 'busy' }],
    ['its digits', { code: '503', message: 'busy' }],
    ['a word', { code: 'UNAVAILABLE', message: 'busy' }],
    ['nested', { error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } }],
    ['nested, with a word only', { error: { message: 'busy', status: 'UNAVAILABLE' } }],
  ])('busy: %s', async (_how, body) => {
    const { client, sent, pauses } = setUp((count) => (count < 3 ? Response.json(body) : fine()));
    await client.call(getKernelSessionStatus, kernel);
    expect(sent).toHaveLength(3);
    expect(pauses).toEqual([500, 1000]);
  });

  test.each([
    [401, AuthenticationError, 'UNAUTHENTICATED'],
    [403, PermissionError, 'PERMISSION_DENIED'],
    [404, NotFoundError, 'NOT_FOUND'],
    [429, RateLimitError, 'RESOURCE_EXHAUSTED'],
  ])('%i', async (code, kind, word) => {
    for (const body of [{ code, message: 'm' }, { error: { message: 'm', status: word } }]) {
      const { client } = setUp(() => Response.json(body), { retry: false });
      const error = await caught(client.call(getKernelSessionStatus, kernel));
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({ code, status: 200 });
    }
  });

  test.each([
    '',
    '<!doctype html><h1>Sorry</h1>',
    '{"status":"RUN',
  ])('what is no answer at all is asked for again: %j', async (text) => {
    const { client, sent } = setUp((count) => (count === 1 ? new Response(text) : fine()));
    expect(await client.call(getKernelSessionStatus, kernel)).toMatchObject({ status: 'RUNNING' });
    expect(sent).toHaveLength(2);
  });

  test('also where a file was asked for', async () => {
    const body = Response.json({ code: 503, message: 'busy' });
    const { client, sent } = setUp((count) => (count === 1 ? body : new Response('a,b')));
    const response = await client.callRaw(downloadDataset, { ownerSlug: 'a', datasetSlug: 'b' });
    expect([await response.text(), sent.length]).toEqual(['a,b', 2]);
  });

  test('a file that is JSON is a file', async () => {
    for (const text of ['{"code":503}', '{"code":3,"message":"x"}', `{"code":503,"message":"${'x'.repeat(99_999)}"}`]) {
      const { client } = setUp(() => new Response(text, { headers: { 'content-type': 'application/json' } }));
      const response = await client.callRaw(downloadDataset, { ownerSlug: 'a', datasetSlug: 'b' });
      expect(await response.text()).toBe(text);
    }
  });
});

describe('pauses', () => {
  const asking = (retryAfter: string) =>
    setUp((count) =>
      count < 3 ? new Response('{}', { status: 429, headers: { 'retry-after': retryAfter } }) : fine(),
    );

  test.each([
    ['0', [500, 1000]],
    ['-1', [500, 1000]],
    ['0.001', [500, 1000]],
    ['Thu, 01 Jan 2026 00:00:00 GMT', [500, 1000]],
    ['3', [3000, 3000]],
    ['120', [120_000, 120_000]],
  ])('Retry-After %s never shortens them', async (retryAfter, expected) => {
    const { client, pauses } = asking(retryAfter);
    await client.call(getKernelSessionStatus, kernel, { timeout: 0 });
    expect(pauses).toEqual(expected);
  });

  test.each(['121', '2300000000'])('Retry-After %s ends the call', async (retryAfter) => {
    const { client, pauses } = asking(retryAfter);
    expect(await caught(client.call(getKernelSessionStatus, kernel, { timeout: 0 }))).toBeInstanceOf(RateLimitError);
    expect(pauses).toEqual([]);
  });

  test('one that ends after the deadline is not waited for', async () => {
    const { client, pauses, sent } = asking('70');
    const error = await caught(client.call(getKernelSessionStatus, kernel));
    expect(error).toMatchObject({ name: 'RateLimitError', retryAfterMs: 70_000 });
    expect([pauses, sent.length]).toEqual([[], 1]);
  });
});

test.each([
  'a call',
  'its response',
  'the body of an answer',
])('an abort ends it at once with its reason, whatever the fetch does: %s', async (what) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const silent = new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
  const body = what === 'the body of an answer';
  const started = Promise.withResolvers<void>();
  const { client, sent } = setUp(() => {
    started.resolve();
    return body ? silent : new Promise<never>(() => {});
  });
  const options = { signal: controller.signal, timeout: 0 };
  const call =
    what === 'its response'
      ? client.callRaw(getKernel, { ...kernel }, options)
      : client.call(getKernelSessionStatus, kernel, options);
  await started.promise;
  controller.abort(reason);
  expect(await caught(call)).toBe(reason);
  expect(sent).toHaveLength(1);
});

test('a signal that is aborted already: nothing is sent, and no token is asked for', async () => {
  let asked = 0;
  const { client, sent } = setUp(fine, { token: () => `KGAT_${++asked}` });
  const reason = new Error('enough');
  expect(await caught(client.call(getKernelSessionStatus, kernel, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  expect([sent.length, asked]).toEqual([0, 0]);
});

test.each([
  ['a bigint', { x: 1n }],
  [
    'a circle',
    Object.assign(
      {},
      {
        get self() {
          return this;
        },
      },
    ),
  ],
  ['nothing', undefined as unknown, true],
  ['a function', () => 1],
])('a request that is no JSON is refused before it is sent: %s', async (_what, request, fineToo = false) => {
  const { client, sent } = setUp(fine);
  const call = client.call('a.B', 'C', request);
  if (fineToo) return expect(await call).toEqual({ status: 'RUNNING' });
  expect(await caught(call)).toMatchObject({
    name: 'ValidationError',
    message: expect.stringContaining('a.B/C: cannot write the request as JSON'),
  });
  expect(sent).toEqual([]);
});

test.each([400, 404, 500])('a response that is asked for whole rejects with %i', async (status) => {
  const { client } = setUp(() => Response.json({ code: status, message: 'no' }, { status }), { retry: false });
  const error = await caught(client.callRaw(service, 'GetKernel', {}));
  expect(error).toMatchObject({ status, message: `${service}/GetKernel: no` });
});

test.each([
  'data:text/plain,secret',
  'file:///etc/secret',
  'javascript:secret',
  'ftp://h.test/secret/x',
  'https://',
])('a redirect to %s is refused, and not shown', async (location) => {
  for (const status of [301, 302, 307]) {
    const { client, sent } = setUp(() => new Response(null, { status, headers: { location } }));
    const error = await caught(client.call(getKernelSessionStatus, kernel));
    expect(error).toMatchObject({
      name: 'ApiError',
      status,
      message: expect.stringContaining('redirects to an invalid URL'),
    });
    expect(inspect(error)).not.toContain('secret');
    expect(sent).toHaveLength(1);
  }
});

describe('what follows a redirect', () => {
  const given = {
    cookie: 'c',
    'x-api-key': 'k',
    'x-xsrf-token': 't',
    range: 'bytes=0-1',
    accept: 'a/b',
    'if-match': '"e"',
  };
  const hops = (...locations: string[]) =>
    setUp((count) => {
      const location = locations[count - 1];
      return location ? new Response(null, { status: 302, headers: { location } }) : fine();
    });
  const names = (request: Request) => [...request.headers.keys()].filter((name) => name !== 'user-agent').sort();

  test('to another origin: what was asked for, and nothing of who asks', async () => {
    const { client, sent } = hops('https://other.test/x');
    await client.call(service, 'GetKernel', {}, { headers: given });
    expect(names(sent[1]!)).toEqual(['accept', 'if-match', 'range']);
  });
  test('to another port, protocol or name of the same site is to another origin', async () => {
    for (const origin of [
      'https://api.test:8443',
      'http://api.test',
      'https://www.api.test',
      'https://api.test.evil.test',
    ]) {
      const { client, sent } = hops(`${origin}/x`);
      await client.call(service, 'GetKernel', {}, { headers: given });
      expect(names(sent[1]!)).toEqual(['accept', 'if-match', 'range']);
    }
  });
  test('to the same origin: all of it', async () => {
    const { client, sent } = hops('/x');
    await client.call(service, 'GetKernel', {}, { headers: given });
    expect(names(sent[1]!)).toEqual([...Object.keys(given), 'authorization'].sort());
  });
  test('back from another origin: nothing comes back', async () => {
    const { client, sent } = hops('https://other.test/x', 'https://api.test/y');
    await client.call(service, 'GetKernel', {}, { headers: given });
    expect(names(sent[2]!)).toEqual(['accept', 'if-match', 'range']);
  });
});

describe('403', () => {
  const denied = () => Response.json({ code: 403, message: "Permission 'kernels.get' was denied" }, { status: 403 });
  test('of what is read may mean that it is not there', async () => {
    const { client } = setUp(denied);
    const { message } = await caught(client.call(getKernel, kernel));
    expect(message).toBe(`${service}/GetKernel: Permission 'kernels.get' was denied: not found, or private`);
  });
  test('of what is changed says what the server says', async () => {
    const { client } = setUp(denied);
    expect((await caught(client.call(saveKernel, { slug: 'a/b' }))).message).not.toContain('not found');
  });
});

describe('a certificate that is not trusted is no passing failure', () => {
  const node = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });
  test.each([
    ['Node, self-signed', node('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['Node, in the chain', node('SELF_SIGNED_CERT_IN_CHAIN')],
    ['Node, no authority', node('UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
    ['Node, no issuer', node('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')],
    ['Node, another name', node('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['Node, expired', node('CERT_HAS_EXPIRED')],
    ['Bun', Object.assign(new Error('self signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })],
    [
      'Deno',
      new TypeError(
        'error sending request for url (https://api.test/x?sig=secret): client error (Connect): invalid peer certificate: UnknownIssuer',
      ),
    ],
    ['workerd', new Error("TLS peer's certificate is not trusted; reason = unable to get local issuer certificate")],
  ])('%s', async (_runtime, thrown) => {
    const { client, sent } = setUp(() => Promise.reject(thrown));
    const error = await caught(client.call(getKernelSessionStatus, kernel));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/the certificate is not trusted.*NODE_EXTRA_CA_CERTS.*DENO_CERT/);
    expect(inspect(error)).not.toContain('secret');
    expect(sent).toHaveLength(1);
  });

  test('a host that is called so is no certificate', async () => {
    const lost = new TypeError('fetch failed', {
      cause: Object.assign(new Error('getaddrinfo ENOTFOUND certificates.test'), { code: 'ENOTFOUND' }),
    });
    const { client, sent } = setUp(() => Promise.reject(lost));
    await caught(client.call(getKernelSessionStatus, kernel));
    expect(sent).toHaveLength(5);
  });

  test.each([
    ['Node', node('ERR_SSL_WRONG_VERSION_NUMBER')],
    ['Deno', new TypeError('client error (Connect): received corrupt message of type InvalidContentType')],
    ['Bun', new Error('EPROTO: The TLS handshake failed. Does the server speak TLS on this port?')],
  ])('nor is plain HTTP where TLS is expected: %s', async (_runtime, thrown) => {
    const { client, sent } = setUp(() => Promise.reject(thrown));
    expect((await caught(client.call(getKernelSessionStatus, kernel))).message).toContain('try http://');
    expect(sent).toHaveLength(1);
  });
});

describe('a connection that fails says no more of an address than its origin and its last segment', () => {
  const signed = 'https://storage.test/kf/1/secret-path/f.csv?X-Goog-Signature=secret-sig&sig=secret-sig';
  test.each([
    [
      'Node',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error(`connect ECONNREFUSED ${signed}`), { code: 'ECONNREFUSED' }),
      }),
    ],
    [
      'Node, several addresses',
      new TypeError('fetch failed', { cause: new AggregateError([new Error(signed)], signed) }),
    ],
    ['Deno', new TypeError(`error sending request for url (${signed}): client error (Connect): tcp connect error`)],
    [
      'Bun',
      Object.assign(new Error('Unable to connect. Is the computer able to access the url?'), {
        code: 'ConnectionRefused',
        path: signed,
      }),
    ],
    ['workerd', new Error(`Network connection lost. "${signed}"`)],
    ['Chromium', new TypeError(`Failed to fetch (${signed})`)],
    ['what is no error', `lost ${signed}`],
    ['nothing', undefined],
  ])('%s', async (_runtime, thrown) => {
    const lines: string[] = [];
    const token = 'KGAT_secret-token';
    const { client, sent } = setUp(
      (count) =>
        count === 1 ? new Response(null, { status: 302, headers: { location: signed } }) : Promise.reject(thrown),
      { token, retry: false, verbose: (line) => lines.push(line) },
    );
    const error = await caught(client.callRaw(downloadDataset, { ownerSlug: 'a', datasetSlug: 'b' }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/^datasets\.DatasetApiService\/DownloadDataset: no response/);
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([`Bearer ${token}`, null]);
    for (const text of [error.stack, inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), ...lines]) {
      expect(text).not.toMatch(/secret/);
    }
  });
});

describe('in a page', () => {
  const page = {
    ...memoryPlatform(),
    opaqueRedirects: true,
    clock: { now: Date.now, random: () => 0, sleep: async () => {} },
  };
  const refuse = () => Promise.reject(new TypeError('Failed to fetch'));
  test('a server that forbids the page to read is asked once, and CORS is named', async () => {
    const { client, sent } = setUp((_, request) => (request.mode === 'no-cors' ? new Response() : refuse()), {
      platform: page,
    });
    const { message } = await caught(client.call(getKernelSessionStatus, kernel));
    expect(message).toMatch(/CORS.*your own proxy/);
    expect(sent.filter(({ method }) => method === 'POST')).toHaveLength(1);
    for (const { headers } of sent.slice(1)) expect(headers.get('authorization') ?? '').not.toContain('KGAT_x');
  });
  test('one that lost the connection once is asked again', async () => {
    const { client, sent } = setUp((count) => (count === 1 ? refuse() : fine()), { platform: page });
    expect(await client.call(getKernelSessionStatus, kernel)).toMatchObject({ status: 'RUNNING' });
    expect(sent.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });
  test('one that is not there is asked again', async () => {
    const { client, sent } = setUp(refuse, { platform: page });
    expect((await caught(client.call(getKernelSessionStatus, kernel))).message).not.toContain('CORS');
    expect(sent.filter(({ method }) => method === 'POST')).toHaveLength(5);
  });
});

describe('memory', () => {
  /** An answer of so many MiB, of which the pieces that were read are counted. */
  const long = (mebibytes: number, init: ResponseInit = {}) => {
    const piece = new Uint8Array(2 ** 20).fill(0x20);
    let read = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (read++ < mebibytes) controller.enqueue(piece);
        else controller.close();
      },
    });
    return { response: new Response(body, init), read: () => read };
  };
  test.each([
    ['of unknown length', {}],
    ['with a wrong length', { headers: { 'content-length': '99999999' } }],
  ])('an answer %s is read to a bound, once', async (_what, init) => {
    const { response, read } = long(700, init);
    const { client, sent } = setUp(() => response);
    const error = await caught(client.call(getKernelSessionStatus, kernel));
    expect(error).toMatchObject({
      name: 'ApiError',
      message: expect.stringContaining('the response is too large (over 128 MiB)'),
    });
    expect(sent).toHaveLength(1);
    expect(read()).toBeLessThan(135);
  });
  test('of an error a mebibyte', async () => {
    const { response, read } = long(700, { status: 500 });
    const { client } = setUp(() => response, { retry: false });
    expect(await caught(client.call(getKernelSessionStatus, kernel))).toMatchObject({ status: 500 });
    expect(read()).toBeLessThan(5);
  });
});

test('so many calls at once as connections are allowed, in their order', async () => {
  let active = 0;
  let peak = 0;
  const { client, sent } = setUp(
    async () => {
      peak = Math.max(peak, ++active);
      await new Promise((resolve) => setTimeout(resolve, 1));
      active--;
      return fine();
    },
    { maxConnections: 7 },
  );
  const failing = client.call('a.B', 'GetFirst', {}, { signal: AbortSignal.abort(new Error('no')) }).catch(() => 'no');
  await Promise.all(Array.from({ length: 100 }, (_, index) => client.call('a.B', `Get${index}`)));
  expect([peak, sent.length, await failing]).toEqual([7, 100, 'no']);
  expect(sent.map(({ url }) => url.split('/Get')[1])).toEqual(Array.from({ length: 100 }, (_, index) => `${index}`));
});

test('an answer that is null says nothing, and breaks nothing', async () => {
  const { client } = setUp(() => new Response('null'));
  expect(await client.call(saveKernel, { slug: 'alice/x' })).toMatchObject({ ref: '' });
  expect((await caught(client.whoAmI())).message).toContain('wrong, expired or revoked');
});

test('yes or no is a boolean or is not understood, whatever the word', async () => {
  for (const word of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'yes']) {
    const { client } = setUp(() => new Response(`{"metadata":{"isPrivate":"${word}"}}`));
    expect((await client.call(getKernel, kernel)).metadata?.isPrivate, word).toBeUndefined();
  }
  const { client } = setUp(() => new Response('{"metadata":{"isPrivate":"True"}}'));
  expect((await client.call(getKernel, kernel)).metadata?.isPrivate).toBe(true);
});

describe('the endpoint', () => {
  test.each([
    ['localhost:7777', 'endpoint: expected an http:// or https:// URL, got "localhost:7777"'],
    ['/kaggle', 'endpoint: expected an http:// or https:// URL, got "/kaggle"'],
    ['ftp://me:secret@h.test', 'endpoint: expected an http:// or https:// URL, got "ftp://h.test"'],
    ['https://me:secret@h.test/x', 'without credentials'],
    ['https://h.test/x?key=secret', 'without credentials, query'],
    ['', 'endpoint: expected an http:// or https:// URL, got ""'],
  ])('%j is refused with a word on what it lacks', (endpoint, message) => {
    expect(() => createClient({ endpoint })).toThrow(message);
    expect(() => createClient({ endpoint })).not.toThrow('secret');
  });

  test('in a page it may be a path of its origin', () => {
    vi.stubGlobal('location', { origin: 'https://app.test' });
    try {
      expect(createClient({ endpoint: '/kaggle' }).baseUrl).toBe('https://app.test/kaggle');
      expect(createClient({ endpoint: '/' }).baseUrl).toBe('https://app.test/api/v1');
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
