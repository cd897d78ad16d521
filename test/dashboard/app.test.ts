import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AppOptions, createApp } from '../../examples/dashboard/server/app.ts';
import { settingsOf } from '../../examples/dashboard/server/settings.ts';
import { staticFiles } from '../../examples/dashboard/server/static.ts';
import { createClient } from '../../src/node.ts';
import { nodeHandler } from '../../src/proxy/node.ts';
import { createEmulator, scriptedExecutor } from '../../src/testing/index.ts';
import { withClock } from '../clock.ts';
import { scratchFolder } from '../platform/scratch.ts';
import { raw } from '../proxy/served.ts';

const folder = scratchFolder();
const script = `console.log(${JSON.stringify('x'.repeat(2000))})`;
writeFileSync(join(folder, 'secret.txt'), 'outside');
mkdirSync(join(folder, 'page/assets'), { recursive: true });
writeFileSync(join(folder, 'page/index.html'), '<!doctype html><title>Dashboard</title>');
writeFileSync(join(folder, 'page/assets/main-abc123.js'), script);
writeFileSync(join(folder, 'page/a b.webmanifest'), '{}');
mkdirSync(join(folder, 'page/.vite'));
writeFileSync(join(folder, 'page/.vite/manifest.json'), '{}');
const files = await staticFiles(join(folder, 'page'));

const host = 'https://dashboard.example';
const password = 'correct horse battery';
const emulator = createEmulator({ executor: scriptedExecutor(() => {}), lag: 0 });
const client = createClient({ token: 'KGAT_test', fetch: emulator.fetch });

/** An app with a password, and a browser with its cookie. */
function open(options: Partial<AppOptions> = {}) {
  const app = createApp({ client, files, password, ...options });
  let cookie = '';
  return {
    app,
    get cookie() {
      return cookie;
    },
    async ask(path: string, init: RequestInit = {}, info?: unknown): Promise<Response> {
      const request = new Request(new URL(path, host), init);
      if (cookie) request.headers.set('cookie', cookie.split(';')[0]!);
      const response = await app(request, info);
      cookie = response.headers.get('set-cookie') ?? cookie;
      return response;
    },
    signIn(given: string, info?: unknown): Promise<Response> {
      const headers = { 'content-type': 'application/json' };
      return this.ask('/session', { method: 'POST', headers, body: JSON.stringify({ password: given }) }, info);
    },
    call(method: string): Promise<Response> {
      const headers = { 'x-kaggle-ts': `${host}/kaggle`, 'content-type': 'application/json' };
      return this.ask(`/kaggle/kernels.KernelsApiService/${method}`, { method: 'POST', headers, body: '{}' });
    },
    list(): Promise<Response> {
      return this.call('ListKernels');
    },
  };
}

const errorOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { message: string; status: string; rule: string } };
  return { status: response.status, reason: error.status, rule: error.rule, message: error.message };
};

describe('the page', () => {
  test('its files have exact types and policies; those with a hash in their name are kept', async () => {
    const { ask } = open();
    const page = await ask('/');
    expect(await page.text()).toContain('<title>Dashboard');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('strict-transport-security')).toBe('max-age=31536000');
    const asset = await ask('/assets/main-abc123.js', { headers: { 'accept-encoding': 'br, gzip' } });
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(gunzipSync(new Uint8Array(await asset.arrayBuffer())).toString()).toBe(script);
    const plain = await ask('/assets/main-abc123.js');
    expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, script]);
    expect((await ask('/a%20b.webmanifest')).headers.get('content-type')).toMatch('application/manifest+json');
  });

  test('it is not sent again if it did not change, and HEAD sends no body', async () => {
    const { ask } = open();
    const etag = (await ask('/')).headers.get('etag')!;
    const again = await ask('/', { headers: { 'if-none-match': `"x", ${etag}` } });
    expect([again.status, await again.text(), again.headers.get('cache-control')]).toEqual([304, '', 'no-cache']);
    const head = await ask('/index.html', { method: 'HEAD' });
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([200, '', '39']);
  });

  test.each([
    '/secret.txt',
    '/.vite/manifest.json',
    '/assets',
    '/assets/',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%',
    '/%00',
    '/index.html/',
    '//index.html',
    '/C:%5Csecret.txt',
  ])('%s is not found', async (path) => {
    const response = await open().app(new Request(host + path));
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(await response.text()).not.toContain('outside');
  });

  test('other methods are refused', async () => {
    const response = await open().ask('/index.html', { method: 'PUT', body: 'x' });
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await errorOf(response)).toMatchObject({
      status: 405,
      rule: 'method',
      message: expect.stringContaining('PUT is not allowed'),
    });
  });

  test('a failure of the server says so without its reason', async () => {
    const { ask } = open({ files: () => Promise.reject(new Error('disk /srv/x is broken')) });
    const error = console.error;
    const lines: string[] = [];
    console.error = (line: string) => void lines.push(line);
    const response = await ask('/');
    console.error = error;
    expect(await errorOf(response)).toEqual({
      status: 500,
      reason: 'INTERNAL',
      rule: 'server',
      message: 'the server failed; its log has the reason',
    });
    expect(lines).toEqual(['dashboard: GET failed: disk /srv/x is broken']);
  });
});

describe('a session', () => {
  test('begins with the password, gives access to Kaggle, and ends', async () => {
    const browser = open();
    expect(await (await browser.ask('/session')).json()).toEqual({ required: true, signedIn: false });
    expect(await errorOf(await browser.list())).toEqual({
      status: 401,
      reason: 'SESSION_EXPIRED',
      rule: 'session',
      message: 'the session has expired; sign in again',
    });
    const response = await browser.signIn(password);
    expect(await response.json()).toEqual({
      required: true,
      signedIn: true,
      expires: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(browser.cookie).toMatch(
      /^__Host-kaggle-dashboard=\d+\.[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(await (await browser.ask('/session')).json()).toMatchObject({ signedIn: true });
    const list = await browser.list();
    expect(await list.json()).toMatchObject({ kernels: [] });
    expect(list.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    await browser.ask('/session', { method: 'DELETE' });
    expect(browser.cookie).toMatch(/^__Host-kaggle-dashboard=; .*Max-Age=0/);
    expect((await browser.list()).status).toBe(401);
  });

  test('expires, is valid after a restart, and ends with another password or token', async () => {
    let time = 1_800_000_000_000;
    const now = () => time;
    const first = open({ now, sessionSeconds: 60 });
    await first.signIn(password);
    const headers = { cookie: first.cookie.split(';')[0]! };
    const status = async (options: Partial<AppOptions>) =>
      ((await (await open({ now, ...options }).ask('/session', { headers })).json()) as { signedIn: boolean }).signedIn;
    expect(await status({})).toBe(true);
    expect(await status({ password: 'another horse battery' })).toBe(false);
    expect(await status({ client: createClient({ token: 'KGAT_bob', fetch: emulator.fetch }) })).toBe(false);
    time += 60_000;
    expect(await status({})).toBe(false);
    expect((await first.list()).status).toBe(401);
  });

  test.each<[string, (value: string) => string]>([
    ['a later end', (value) => value.replace(/^\d+/, (end) => String(Number(end) + 1000))],
    ['another signature', (value) => value.replace(/\.[\w-]/, (text) => (text === '.A' ? '.B' : '.A'))],
    ['no signature', (value) => value.replace(/\..*/, '')],
    ['more text', (value) => `${value}x`],
    ['nothing', () => ''],
  ])('with %s in its cookie is none', async (_what, change) => {
    const browser = open();
    await browser.signIn(password);
    const [name = '', value = ''] = browser.cookie.split(';')[0]!.split('=');
    const headers = { cookie: `other=1; ${name}=${change(value)}` };
    expect(await (await open().ask('/session', { headers })).json()).toMatchObject({ signedIn: false });
    // A cookie of another app with the same name does not hide it.
    const both = { cookie: `${name}=${change(value)}; ${name}=${value}` };
    expect(await (await open().ask('/session', { headers: both })).json()).toMatchObject({ signedIn: true });
  });

  test('without TLS has a cookie without Secure; a server in front that terminates TLS is recognized', async () => {
    const body = JSON.stringify({ password });
    const post = (headers: Record<string, string>, options: Partial<AppOptions> = {}) =>
      open(options).app(
        new Request('http://dashboard.example/session', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        }),
      );
    const cookie = async (response: Promise<Response>) => (await response).headers.get('set-cookie')!;
    expect(await cookie(post({}))).toMatch(/^kaggle-dashboard=.*SameSite=Strict$/);
    expect(await cookie(post({ 'x-forwarded-proto': 'https' }))).toMatch(/^__Host-.*; Secure$/);
    expect(await cookie(post({}, { origins: ['https://dashboard.example'] }))).toMatch(/^__Host-.*; Secure$/);
  });

  test('is refused for a wrong password; after five of one address, even the right one has to wait', async () => {
    let time = 0;
    const browser = open({ now: () => time });
    const info = { address: '2001:db8:1:2::5' };
    for (let index = 0; index < 5; index++)
      expect(await errorOf(await browser.signIn(`wrong ${index}`, info))).toMatchObject({
        status: 401,
        reason: 'WRONG_PASSWORD',
        rule: 'password',
      });
    const neighbor = { address: '2001:db8:1:2:ffff::1' };
    const response = await browser.signIn(password, neighbor);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await errorOf(response)).toEqual({
      status: 429,
      reason: 'RESOURCE_EXHAUSTED',
      rule: 'attempts',
      message: 'too many wrong passwords; try again in 60 s',
    });
    expect((await browser.signIn(password, { address: '192.0.2.7' })).status).toBe(200);
    time += 60_000;
    expect((await browser.signIn(password, info)).status).toBe(200);
    for (let index = 0; index < 60; index++) await browser.signIn('wrong', { address: `198.51.100.${index}` });
    expect((await browser.signIn(password, { address: '192.0.2.8' })).status).toBe(429);
  });

  test('counts requests at the same time', async () => {
    const browser = open();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => browser.signIn(`wrong ${index}`, { address: '192.0.2.1' })),
    );
    expect(all.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  test.each<[string, RequestInit, number, string]>([
    [
      'a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'password=x' },
      415,
      'content-type',
    ],
    ['broken JSON', { body: '{"password":' }, 400, 'body'],
    ['JSON without a password', { body: '{"password":5}' }, 400, 'body'],
    ['null', { body: 'null' }, 400, 'body'],
    ['no body', {}, 400, 'body'],
    ['a large body', { body: JSON.stringify({ password: 'x'.repeat(5000) }) }, 413, 'body'],
    [
      'another site',
      { headers: { 'content-type': 'application/json', origin: 'https://evil.example' }, body: '{}' },
      403,
      'origin',
    ],
    [
      'another site that hides',
      { headers: { 'content-type': 'application/json', origin: 'null' }, body: '{}' },
      403,
      'origin',
    ],
    [
      'a link',
      { headers: { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }, body: '{}' },
      403,
      'origin',
    ],
    [
      'a neighbor',
      {
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-site', origin: 'https://b.example' },
        body: '{}',
      },
      403,
      'origin',
    ],
  ])('does not begin with %s', async (_what, init, status, rule) => {
    const headers = { 'content-type': 'application/json', ...init.headers };
    const response = await open().ask('/session', { method: 'POST', ...init, headers });
    expect(await errorOf(response)).toMatchObject({ status, rule });
    expect(response.headers.get('set-cookie')).toBeNull();
  });
});

test('a method that is not allowed is refused with its name and the rule', async () => {
  const browser = open();
  await browser.signIn(password);
  const response = await browser.call('DeleteKernel');
  expect(await errorOf(response)).toEqual({
    status: 403,
    reason: 'NOT_ALLOWED',
    rule: 'allow',
    message: 'kernels.KernelsApiService/DeleteKernel is not allowed by this proxy; its option allow does not list it',
  });
});

test('without a password everybody at the own addresses is signed in, and nobody at others', async () => {
  const own = 'http://127.0.0.1:5180';
  const browser = open({ password: undefined, origins: [own, 'http://localhost:5180'] });
  expect(await (await browser.ask(`${own}/session`)).json()).toEqual({ required: false, signedIn: true });
  const call = (base: string, more = {}) =>
    browser.app(
      new Request(`${base}/kaggle/kernels.KernelsApiService/ListKernels`, {
        method: 'POST',
        headers: { 'x-kaggle-ts': `${base}/kaggle`, 'content-type': 'application/json', ...more },
        body: '{}',
      }),
    );
  expect((await call(own)).status).toBe(200);
  expect((await call('http://localhost:5180', { origin: 'http://localhost:5180' })).status).toBe(200);
  const evil = await call('http://evil.example:5180', { origin: 'http://evil.example:5180' });
  expect(await errorOf(evil)).toEqual({
    status: 403,
    reason: 'NOT_ALLOWED',
    rule: 'host',
    message: 'the host "evil.example:5180" is not allowed; open http://127.0.0.1:5180',
  });
  const visit = await browser.ask('http://evil.example:5180/', { headers: { accept: 'text/html,*/*' } });
  expect([visit.status, await visit.text()]).toEqual([403, expect.stringContaining(`<a href="${own}">`)]);
  expect(await errorOf(await call(own, { origin: 'http://127.0.0.1:9999' }))).toMatchObject({
    status: 403,
    rule: 'origins',
  });
});

test.each<[Partial<AppOptions>, string]>([
  [{ password: undefined }, 'createApp: password is missing; without one, origins must name the addresses of the page'],
  [{ password: undefined, origins: [] }, 'createApp: password is missing'],
  [{ password: 'short' }, 'createApp: expected a password of at least 12 characters, got 5'],
  [{ secret: 'short' }, 'createProxy: secret'],
  [{ origins: ['dashboard.example'] }, 'createProxy: origins'],
])('wrong options %j are an error', (options, message) => {
  expect(() => open(options)).toThrow(message);
});

test('variables of a deployment become options', () => {
  const settings = (origin?: string) =>
    settingsOf({ DASHBOARD_PASSWORD: password, DASHBOARD_ORIGIN: origin, DASHBOARD_SECRET: '' });
  expect(settings()).toEqual({ password, origins: undefined, secret: undefined });
  expect(settings(' https://a.example/, http://b.example:8080 ,').origins).toEqual([
    ...['https://a.example', 'http://b.example:8080'],
  ]);
  expect(() => settings('a.example')).toThrow(/^DASHBOARD_ORIGIN: expected the address .* got "a.example"$/);
  expect(() => settings('https://a.example/dashboard')).toThrow('DASHBOARD_ORIGIN');
  expect(() => settingsOf({})).toThrow('DASHBOARD_PASSWORD is not set');
});

test('on Node, over a socket: the page, its session, and a body that is too large', async () => {
  const server = createServer(nodeHandler({ fetch: open({ limits: { requestBytes: 1000 } }).app }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const page = await fetch(url);
  expect(page.headers.get('content-security-policy')).toMatch("frame-ancestors 'none'");
  expect(await page.text()).toContain('Dashboard');
  const head = await raw(port, [`HEAD / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`]);
  expect(head).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*content-length: 39[\s\S]*\r\n\r\n$/i);
  const headers = { 'content-type': 'application/json', 'x-kaggle-ts': `${url}/kaggle` };
  const body = JSON.stringify({ password });
  const cookie = (await fetch(`${url}/session`, { method: 'POST', headers, body })).headers.get('set-cookie')!;
  const save = (text: string) =>
    fetch(`${url}/kaggle/kernels.KernelsApiService/SaveKernel`, {
      method: 'POST',
      headers: { ...headers, cookie: cookie.split(';')[0]! },
      body: JSON.stringify({ text }),
    });
  expect(await errorOf(await save('x'.repeat(2000)))).toMatchObject({ status: 413, rule: 'limits.requestBytes' });
  const traversal = await raw(port, [
    `GET /../secret.txt HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
  ]);
  expect(traversal).toMatch(/^HTTP\/1\.1 400/);
});

test('many tabs and uploads do not exceed the limits; those of the options do', async () => {
  // Without time, nobody gets new requests.
  const stopped = withClock(client, { now: () => 1_800_000_000_000 });
  const count = async (limits?: AppOptions['limits']) => {
    const browser = open({ client: stopped, limits });
    await browser.signIn(password);
    const all = await Promise.all(Array.from({ length: 650 }, () => browser.call('DeleteKernel')));
    return all.filter(({ status }) => status !== 429).length;
  };
  expect(await count()).toBe(650);
  expect(await count({ requestsPerMinute: 50 })).toBe(50);
});
