import { request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { type ServeOptions, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';

interface Heard {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** By node:http, which sends any Host and Origin that it is told to. */
function send(url: string, method: string, headers: Record<string, string>, body = ''): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode!, headers: response.headers, text });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function served<T>(options: ServeOptions, use: (url: string, storageUrl: string) => Promise<T>): Promise<T> {
  const server = await serveEmulator({ executor: scriptedExecutor(() => {}), ...options });
  try {
    return await use(server.url, server.storageUrl);
  } finally {
    await server.close();
  }
}

const hello = '/v1/api.v1.DiagnosticsService/Hello';
const json = { 'content-type': 'application/json', authorization: 'Bearer KGAT_test' };

test('a foreign name that resolves to loopback is refused on both ports', () =>
  served({}, async (url, storageUrl) => {
    const host = 'evil.example:80';
    expect((await send(`${url}${hello}`, 'POST', { ...json, host }, '{}')).status).toBe(403);
    expect((await send(`${storageUrl}/download/a`, 'GET', { host })).status).toBe(403);
    for (const name of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]']) {
      const own = { ...json, host: `${name}:${new URL(url).port}` };
      expect([name, (await send(`${url}${hello}`, 'POST', own, '{}')).status]).toEqual([name, 200]);
    }
  }));

test('a page of an origin that is not allowed is refused, also a local one and the origin "null"', () =>
  served({ allowedOrigins: ['http://localhost:5173'] }, async (url) => {
    for (const origin of ['https://evil.example', 'http://localhost:5174', 'null', url]) {
      const answer = await send(`${url}${hello}`, 'POST', { ...json, origin }, '{}');
      const allowed = answer.headers['access-control-allow-origin'];
      expect([origin, answer.status, allowed]).toEqual([origin, 403, undefined]);
    }
    const answer = await send(`${url}${hello}`, 'POST', { ...json, origin: 'http://localhost:5173' }, '{}');
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:5173');
    expect(answer.headers['access-control-expose-headers']).toContain('x-goog-hash');
    expect(answer.headers.vary).toContain('origin');
  }));

test('a preflight succeeds for allowed origins only', () =>
  served({ allowedOrigins: ['http://localhost:5173'] }, async (url) => {
    const ask = (origin: string) =>
      send(`${url}${hello}`, 'OPTIONS', { origin, 'access-control-request-method': 'POST' });
    const good = await ask('http://localhost:5173');
    expect([good.status, good.headers['access-control-allow-origin']]).toEqual([204, 'http://localhost:5173']);
    expect(good.headers['access-control-allow-headers']).toContain('authorization');
    const bad = await ask('https://evil.example');
    expect([bad.status, bad.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  }));

test('after a redirect to the storage the origin is "null": downloads are allowed, API calls are not', () =>
  served({ allowedOrigins: ['http://localhost:5173'] }, async (url, storageUrl) => {
    const download = await send(`${storageUrl}/download/a`, 'GET', { origin: 'null' });
    expect([download.status, download.headers['access-control-allow-origin']]).toEqual([403, 'null']);
    expect(download.text).toContain('signature');
    const headers = { 'content-type': 'application/json', origin: 'null' };
    const search = await send(`${url}/v1/search.SearchApiService/ListEntities`, 'POST', headers, '{}');
    expect([search.status, search.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  }));

test('without allowed origins, all pages are refused, without CORS headers', () =>
  served({}, async (url) => {
    const answer = await send(`${url}${hello}`, 'OPTIONS', { origin: 'null' });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  }));

test.each(['text/plain', 'application/x-www-form-urlencoded', ''])('an RPC of type "%s" is refused', (type) =>
  served({}, async (url) => {
    const headers: Record<string, string> = { authorization: json.authorization };
    if (type) headers['content-type'] = type;
    expect((await send(`${url}${hello}`, 'POST', headers, '{}')).status).toBe(415);
  }));

test('invalid JSON, an unknown method and a wrong token are refused', () =>
  served({}, async (url) => {
    expect((await send(`${url}${hello}`, 'POST', json, '[1]')).status).toBe(400);
    expect((await send(`${url}${hello}`, 'POST', json, '{"a"')).status).toBe(400);
    expect((await send(`${url}/v1/models.ModelApiService/Nothing`, 'POST', json, '{}')).status).toBe(501);
    const wrong = await send(`${url}${hello}`, 'POST', { ...json, authorization: 'Bearer KGAT_x' }, '{}');
    expect([wrong.status, JSON.parse(wrong.text).error]).toEqual([
      401,
      { code: 401, message: 'Unauthenticated', status: 'UNAUTHENTICATED' },
    ]);
    expect((await send(`${url}/v1/kernels/logs/stream/%E0%A4%A/x`, 'GET', json)).status).toBe(400);
  }));

test('a key of a user works by Basic, and both prefixes of the path are served', () =>
  served({}, async (url) => {
    const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa('bob:bob-key')}` };
    const answer = await send(`${url}/api${hello}`, 'POST', headers, '{}');
    expect(JSON.parse(answer.text)).toEqual({ userName: 'bob' });
  }));

test('only loopback', async () => {
  await expect(serveEmulator({ host: '0.0.0.0' })).rejects.toThrow('127.0.0.1, localhost or ::1');
  await expect(serveEmulator({ host: '192.168.0.1' })).rejects.toThrow(ValidationError);
});

test('a port in use is an error, and leaves nothing open', () =>
  served({}, async (url) => {
    const { port } = new URL(url);
    await expect(serveEmulator({ port: Number(port) })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: `serveEmulator: cannot listen on port ${port}: it is already in use; pass another port, or 0 for any free port`,
    });
  }));

test('close ends open connections and frees the port', async () => {
  const executor = scriptedExecutor(
    ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({}))),
  );
  const server = await serveEmulator({ executor });
  const port = Number(new URL(server.url).port);
  const save = `${server.url}/v1/kernels.KernelsApiService/SaveKernel`;
  await send(save, 'POST', json, JSON.stringify({ newTitle: 'Some job', text: '' }));
  const log = await fetch(`${server.url}/v1/kernels/logs/stream/alice/some-job`, {
    headers: { ...json, accept: 'text/event-stream' },
  });
  let open = true;
  const reading = log.text().then(
    () => 'ended',
    () => 'cut',
  );
  reading.then(() => {
    open = false;
  });
  expect(open).toBe(true);
  await server.close();
  expect(await reading).toMatch(/^(?:ended|cut)$/);
  await expect(fetch(server.url)).rejects.toThrow();
  const again = await serveEmulator({ port, executor: scriptedExecutor(() => {}) });
  expect(new URL(again.url).port).toBe(String(port));
  await again.close();
});
