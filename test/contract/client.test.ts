import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  isKaggleError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  TimeoutError,
  ValidationError,
} from '../../src/core/errors.ts';
import type { ClientOptions } from '../../src/core/rpc/client.ts';
import { createClient as create } from '../../src/core/rpc/create-client.ts';
import { http as httpOf } from '../../src/core/rpc/http.ts';
import { createDataset } from '../../src/services/datasets/generated/index.ts';
import {
  downloadKernelOutput,
  getAcceleratorQuotaStatistics,
  getKernelSessionStatus,
  saveKernel,
} from '../../src/services/kernels/generated/index.ts';

const api = 'https://api.example.test';
const token = 'KGAT_secret_value';
const statusPath = `${api}/api/v1/kernels.KernelsApiService/GetKernelSessionStatus`;
const kernel = { userName: 'alice', kernelSlug: 'my-kernel' };
const server = setupServer();
/** Every request that reached the network, with its body. */
let seen: { method: string; url: string; headers: Headers; body: string }[] = [];

beforeAll(() => {
  server.listen({ onUnhandledFrame: 'error' });
  server.events.on('request:start', async ({ request }) => {
    const copy = request.clone();
    const entry = { method: request.method, url: request.url, headers: request.headers, body: '' };
    seen.push(entry);
    entry.body = await copy.text();
  });
});
afterEach(() => {
  server.resetHandlers();
  seen = [];
});
afterAll(() => server.close());

const client = (options: ClientOptions = {}) => create({ token, endpoint: api, ...options });
const answer = (...responses: (() => Response)[]) => {
  let count = 0;
  server.use(http.post(`${api}/*`, () => responses[Math.min(count++, responses.length - 1)]!()));
};
const json = (body: unknown, init?: ResponseInit) => () => HttpResponse.json(body as never, init);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('should have failed'),
    (error: unknown) => error as ApiError,
  );

describe('call', () => {
  it('posts JSON to service and method with the token and the user agent', async () => {
    answer(json({ status: 'complete' }));
    expect(await client().call(getKernelSessionStatus, kernel)).toMatchObject({ status: 'COMPLETE' });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'POST', url: statusPath, body: JSON.stringify(kernel) });
    expect(Object.fromEntries(seen[0]!.headers)).toMatchObject({
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^kaggle-ts\/\d/),
    });
  });

  it('asks a function for the token once for each call', async () => {
    answer(json({ code: 503, message: 'busy' }, { status: 503, headers: { 'retry-after': '0' } }), json({}));
    let asked = 0;
    const own = client({ token: async () => `KGAT_${++asked}` });
    await own.call(getAcceleratorQuotaStatistics);
    expect(seen.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer KGAT_1', 'Bearer KGAT_1']);
  });

  it('goes by name, untyped: what is given goes out, what comes back is handed on', async () => {
    answer(json({ kernels: [{ id: 1 }], error: 'not ours to judge' }));
    const result = await client().call('kernels.KernelsApiService', 'ListKernels', { user: 'me', future: 1 });
    expect(result).toEqual({ kernels: [{ id: 1 }], error: 'not ours to judge' });
    expect(seen[0]?.body).toBe('{"user":"me","future":1}');
  });

  it('sends {} when there is nothing to say', async () => {
    answer(json({}));
    await client().call(getAcceleratorQuotaStatistics);
    expect(seen[0]?.body).toBe('{}');
  });

  it('returns the response itself with callRaw', async () => {
    answer(json({ status: 'RUNNING' }));
    const response = await client().callRaw('kernels.KernelsApiService', 'GetKernelSessionStatus', kernel);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'RUNNING' });
  });

  it('refuses a request of the wrong shape before anything is sent, naming the field', async () => {
    const error = await failure(client().call(getKernelSessionStatus, { userName: 5, kernelSlug: 'x' } as never));
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as unknown as ValidationError).issues).toMatchObject([{ path: 'userName' }]);
    expect(seen).toEqual([]);
  });

  it('keeps a 64-bit integer exact in both directions', async () => {
    answer(
      () => new HttpResponse('{"kernelId":9007199254740993}', { headers: { 'content-type': 'application/json' } }),
    );
    const reply = await client().call(saveKernel, { id: '9007199254740995', slug: 'alice/my-kernel' });
    expect(reply.kernelId).toBe('9007199254740993');
    expect(seen[0]?.body).toBe('{"id":9007199254740995,"slug":"alice/my-kernel"}');
  });

  it('writes one line per call without secrets when verbose', async () => {
    answer(json({}));
    const lines: string[] = [];
    await client({ verbose: (line) => lines.push(line) }).call(getKernelSessionStatus, kernel);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^POST https:.*GetKernelSessionStatus 200 \(\d+ ms\)$/);
    expect(lines[0]).not.toContain('KGAT_');
  });
});

describe('errors', () => {
  it.each([
    [400, ApiError],
    [401, AuthenticationError],
    [403, PermissionError],
    [404, NotFoundError],
    [409, ApiError],
    [429, RateLimitError],
    [500, ApiError],
  ])('%i becomes its own class, with code, status, message and method', async (status, kind) => {
    answer(
      json({ code: status, message: 'what the server says', details: [] }, { status, headers: { 'retry-after': '1' } }),
    );
    const error = await failure(client({ retry: false }).call(getKernelSessionStatus, kernel));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ code: status, status, method: 'kernels.KernelsApiService/GetKernelSessionStatus' });
    expect(error.message).toContain('what the server says');
    expect(isKaggleError(error)).toBe(true);
    expect(error.constructor).toBe(kind);
    expect(error.retryAfterMs).toBe(1000);
  });

  it('an error inside a 200 answer is an error, by its code', async () => {
    answer(json({ code: 404, message: 'gone' }));
    const error = await failure(client().call(getKernelSessionStatus, kernel));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 404, status: 200 });
  });

  it.each([
    [
      'api.kaggle.com',
      { error: { code: 404, message: 'No runs found for this kernel.', status: 'NOT_FOUND' } },
      'NOT_FOUND',
    ],
    ['www.kaggle.com', { code: 404, message: 'No runs found for this kernel.' }, undefined],
  ])('the errors of %s say the same, with a 404 and inside of a 200', async (_host, body, reason) => {
    for (const status of [404, 200]) {
      answer(json(body, { status }));
      const error = await failure(client().call(getKernelSessionStatus, kernel));
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({ code: 404, status, reason });
      expect(error.message).toBe('kernels.KernelsApiService/GetKernelSessionStatus: No runs found for this kernel.');
    }
  });

  it.each([
    ['nested', { error: { code: 403, message: "Permission 'kernels.get' was denied", status: 'PERMISSION_DENIED' } }],
    ['flat', { code: 403, message: "Permission 'kernels.get' was denied" }],
  ])('callRaw says it too, %s', async (_form, body) => {
    answer(json(body, { status: 403 }));
    const error = await failure(client().callRaw(downloadKernelOutput, { ownerSlug: 'bob', kernelSlug: 'his-kernel' }));
    expect(error).toBeInstanceOf(PermissionError);
    expect(error).toMatchObject({ code: 403, message: expect.stringContaining("Permission 'kernels.get' was denied") });
  });

  it('the storage that a call is redirected to says it in XML', async () => {
    const xml =
      "<?xml version='1.0' encoding='UTF-8'?><Error><Code>ExpiredToken</Code><Message>Invalid argument.</Message>" +
      '<Details>The provided token has expired. GOOG4-RSA-SHA256 signature=abc</Details></Error>';
    answer(
      () => new HttpResponse(null, { status: 302, headers: { location: 'https://storage.example.test/o?sig=abc' } }),
    );
    server.use(http.get('https://storage.example.test/*', () => new HttpResponse(xml, { status: 400 })));
    const error = await failure(client().callRaw(downloadKernelOutput, { ownerSlug: 'bob', kernelSlug: 'his-kernel' }));
    expect(error).toMatchObject({ status: 400, reason: 'ExpiredToken' });
    expect(error.message).toBe('kernels.KernelsApiService/DownloadKernelOutput: Invalid argument.');
  });

  it('an error object without a code in a 200 answer is a field like any other', async () => {
    answer(json({ status: 'RUNNING', error: { message: 'of a cell' } }));
    expect(await client().call(getKernelSessionStatus, kernel)).toMatchObject({ status: 'RUNNING' });
  });

  it('a code below 400 in a 200 answer is not', async () => {
    answer(json({ code: 5, status: 'RUNNING' }));
    expect(await client().call(getKernelSessionStatus, kernel)).toMatchObject({ status: 'RUNNING' });
  });

  it.each([
    ['string code', 404, '{"code":"404","message":"no such kernel"}', 'no such kernel'],
    ['string code that is a word', 404, '{"code":"NOT_FOUND","message":"no such kernel"}', 'no such kernel'],
    ['no message', 500, '{"code":500}', 'HTTP 500'],
    ['web page', 502, '<!DOCTYPE html><h1>Bad gateway</h1>', 'web page'],
    ['web page with 200', 200, '<html>log in</html>', 'web page'],
    ['empty body', 500, '', 'empty body'],
    ['empty body with 200', 200, '', 'empty body'],
    ['broken JSON', 200, '{"status":', 'not valid JSON'],
  ])('%s is a named error', async (_name, status, body, said) => {
    answer(() => new HttpResponse(body, { status }));
    const error = await failure(client({ retry: false }).call(getKernelSessionStatus, kernel));
    expect(error).toBeInstanceOf(ApiError);
    expect(error.status).toBe(status);
    expect(error.message).toContain(said);
  });

  it('a filled error of a create answer is a failure, also with 200; by name it is not', async () => {
    answer(json({ error: 'title is in use', status: 'error', invalidTags: [] }));
    const error = await failure(client().call(createDataset, { slug: 'my-data' }));
    expect(error).toMatchObject({ name: 'ApiError', status: 200 });
    expect(error.message).toContain('title is in use');
    expect(await client().call('datasets.DatasetApiService', 'CreateDataset', {})).toMatchObject({
      error: 'title is in use',
    });
  });

  it('names the three ways to pass a credential if there is none, and sends nothing', async () => {
    const error = await failure(create({ endpoint: api }).call(saveKernel, { slug: 'alice/my-kernel' }));
    expect(error).toBeInstanceOf(AuthenticationError);
    for (const way of ['createClient({ token })', 'KAGGLE_API_TOKEN', 'kaggle.json'])
      expect(error.message).toContain(way);
    expect(seen).toEqual([]);
  });

  it('says them also when an anonymous read is answered with 401', async () => {
    answer(json({ code: 401, message: 'Unauthenticated' }, { status: 401 }));
    const error = await failure(create({ endpoint: api }).call(getKernelSessionStatus, kernel));
    expect(error.message).toContain('KAGGLE_API_TOKEN');
    expect(seen[0]?.headers.get('authorization')).toBeNull();
  });

  it('carries no secret in any form', async () => {
    answer(
      json({ code: 400, message: `bad token ${token} at https://x.test/o?X-Goog-Signature=abc` }, { status: 400 }),
    );
    const error = await failure(client().call(getKernelSessionStatus, kernel));
    const { inspect } = await import('node:util');
    for (const text of [error.message, JSON.stringify(error), inspect(error, { depth: 9 }), String(error.stack)]) {
      expect(text).not.toContain('secret_value');
      expect(text).not.toContain('abc');
    }
  });

  it('a connection that fails is a ConnectionError that names the method, after all attempts', async () => {
    answer(() => HttpResponse.error());
    const error = await failure(client({ retry: 0 }).call(getKernelSessionStatus, kernel));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(
      /^kernels\.KernelsApiService\/GetKernelSessionStatus: no response \(.+\); check the network connection and endpoint$/,
    );
    expect(error).toMatchObject({ permanent: false, cause: expect.any(Error) });
    expect(seen).toHaveLength(1);
  });
});

describe('retries and deadlines', () => {
  const busy = json({ code: 503, message: 'busy' }, { status: 503, headers: { 'retry-after': '0' } });

  it('repeats an idempotent method until it succeeds', async () => {
    answer(busy, busy, json({ status: 'COMPLETE' }));
    expect(await client().call(getKernelSessionStatus, kernel)).toMatchObject({ status: 'COMPLETE' });
    expect(seen).toHaveLength(3);
  });

  it.each([
    ['flat', { code: 503, message: 'busy' }],
    ['nested', { error: { code: 429, message: 'Too many requests', status: 'RESOURCE_EXHAUSTED' } }],
  ])('a busy server may say so inside of a 200, %s', async (_form, body) => {
    answer(json(body, { headers: { 'retry-after': '0' } }), json({ status: 'COMPLETE' }));
    expect(await client().call(getKernelSessionStatus, kernel)).toMatchObject({ status: 'COMPLETE' });
    expect(seen).toHaveLength(2);
  });

  it('never repeats one that is not', async () => {
    answer(busy);
    expect(await failure(client().call(saveKernel, { slug: 'alice/my-kernel' }))).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1);
  });

  it('does not repeat an answer that will not change', async () => {
    answer(json({ code: 404, message: 'no' }, { status: 404 }));
    await failure(client().call(getKernelSessionStatus, kernel));
    expect(seen).toHaveLength(1);
  });

  it('a Retry-After of years ends the call at once', async () => {
    answer(json({ code: 429, message: 'slow down' }, { status: 429, headers: { 'retry-after': '2300000000' } }));
    const error = await failure(client().call(getKernelSessionStatus, kernel));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(seen).toHaveLength(1);
  });

  it('gives up after the retries it was given', async () => {
    answer(busy);
    await failure(client({ retry: 2 }).call(getKernelSessionStatus, kernel));
    expect(seen).toHaveLength(3);
  });

  it('a silent server ends in a TimeoutError', async () => {
    server.use(http.post(statusPath, () => new Promise<never>(() => {})));
    const error = await failure(client({ timeout: 0.05 }).call(getKernelSessionStatus, kernel));
    expect(error).toBeInstanceOf(TimeoutError);
  });

  it.each(['call', 'client'] as const)('an abort by the %s keeps its own reason', async (where) => {
    server.use(http.post(statusPath, () => new Promise<never>(() => {})));
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = client(where === 'client' ? { signal: controller.signal } : {}).call(
      getKernelSessionStatus,
      kernel,
      where === 'call' ? { signal: controller.signal } : {},
    );
    setTimeout(() => controller.abort(reason), 20);
    expect(await failure(call)).toBe(reason);
  });

  it('sends nothing when the signal is already aborted, and leaves no clock running', async () => {
    vi.useFakeTimers();
    const reason = new Error('never mind');
    const call = client().call(getKernelSessionStatus, kernel, { signal: AbortSignal.abort(reason) });
    expect(await failure(call)).toBe(reason);
    expect(seen).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe('redirects', () => {
  const elsewhere = 'https://storage.example.test/object?X-Goog-Signature=sig';

  it.each([301, 302, 303, 307, 308])('%i to another origin carries no credential', async (status) => {
    server.use(
      http.post(`${api}/*`, () => new HttpResponse(null, { status, headers: { location: elsewhere } })),
      http.all('https://storage.example.test/object', () => HttpResponse.text('the bytes')),
    );
    const kernel = { ownerSlug: 'alice', kernelSlug: 'my-kernel' };
    const response = await client().call(downloadKernelOutput, kernel, { headers: { cookie: 'session=secret' } });
    expect(await (response as Response).text()).toBe('the bytes');
    expect(seen[0]?.headers.get('cookie')).toBe('session=secret');
    expect(seen[1]?.method).toBe(status >= 307 ? 'POST' : 'GET');
    expect(seen[1]?.headers.get('authorization')).toBeNull();
    expect(seen[1]?.headers.get('cookie')).toBeNull();
    expect(seen[1]?.body).toBe(status >= 307 ? seen[0]?.body : '');
  });

  it.each([301, 302, 303, 307, 308])('%i to the same origin keeps it', async (status) => {
    let first = true;
    server.use(
      http.all(`${api}/*`, () => {
        if (!first) return HttpResponse.json({ status: 'RUNNING' });
        first = false;
        return new HttpResponse(null, { status, headers: { location: '/moved' } });
      }),
    );
    expect(await client().call(getKernelSessionStatus, kernel)).toMatchObject({ status: 'RUNNING' });
    expect(seen[1]).toMatchObject({ method: status >= 307 ? 'POST' : 'GET', url: `${api}/moved` });
    expect(seen[1]?.headers.get('authorization')).toBe(`Bearer ${token}`);
  });

  it('a loop ends in an error', async () => {
    answer(() => new HttpResponse(null, { status: 307, headers: { location: statusPath } }));
    const error = await failure(client({ retry: false }).call(getKernelSessionStatus, kernel));
    expect(error.message).toContain('more than 20 redirects');
  });

  it('a request with a token in its body is not repeated to another origin', async () => {
    answer(() => new HttpResponse(null, { status: 307, headers: { location: elsewhere } }));
    const error = await failure(client({ retry: false }).introspect());
    expect(error).toMatchObject({ name: 'ApiError', status: 307 });
    expect(seen).toHaveLength(1);
    expect(error.message).not.toContain('sig');
  });
});

describe('http(client)', () => {
  it('reaches the API with the credential, and another origin without', async () => {
    server.use(http.get('*/thing', () => HttpResponse.json({ ok: true })));
    expect(await httpOf(client())('thing').json()).toEqual({ ok: true });
    expect(
      await httpOf(client())('https://other.example.test/thing', { headers: { authorization: 'Bearer x' } }).json(),
    ).toEqual({ ok: true });
    expect(seen.map(({ url, headers }) => [url, headers.get('authorization')])).toEqual([
      [`${api}/api/v1/thing`, `Bearer ${token}`],
      ['https://other.example.test/thing', null],
    ]);
  });

  it('shows no more of an address in an error than its origin and its last segment', async () => {
    const signed = 'https://other.example.test/kf/secret_path/gone?sig=secret_query';
    server.use(
      http.get(`${api}/api/v1/thing`, () => new HttpResponse(null, { status: 302, headers: { location: signed } })),
      http.get('https://other.example.test/*', () => new HttpResponse(null, { status: 410 })),
    );
    const { inspect } = await import('node:util');
    for (const path of ['thing', signed]) {
      const error = await failure(httpOf(client())(path).json());
      expect(inspect(error, { depth: 9 })).not.toMatch(/secret_(value|path|query)/);
    }
    expect(seen[1]?.headers.get('authorization')).toBeNull();
  });

  it('refuses a redirect where it is told to', async () => {
    server.use(
      http.get(`${api}/api/v1/thing`, () => new HttpResponse(null, { status: 302, headers: { location: '/moved' } })),
    );
    const error = await failure(httpOf(client()).get('thing', { redirect: 'error' }).json());
    expect(error).toMatchObject({ name: 'ApiError', status: 302 });
    expect(seen).toHaveLength(1);
    expect((await httpOf(client()).get('thing', { redirect: 'manual', throwHttpErrors: false })).status).toBe(302);
  });

  it('repeats a request whose connection failed, on every runtime the same', async () => {
    let count = 0;
    server.use(http.get('*/thing', () => (count++ ? HttpResponse.json({ ok: true }) : HttpResponse.error())));
    expect(await httpOf(client())('thing', { retry: { delay: () => 0 } }).json()).toEqual({ ok: true });
    expect(count).toBe(2);
  });
});
