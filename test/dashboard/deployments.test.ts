import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Miniflare, type MiniflareOptions } from 'miniflare';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import worker from '../../examples/dashboard/server/worker.ts';
import { esbuildSources } from '../../scripts/dashboard/sources.ts';
import { createClient } from '../../src/node.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { cleanEnvironment, root, start } from '../cli/start.ts';
import { scratchFolder } from '../platform/scratch.ts';
import { bundleWorker } from '../platform/workerd.ts';

const page = join(scratchFolder(), 'page');
mkdirSync(join(page, 'assets'), { recursive: true });
writeFileSync(join(page, 'index.html'), '<!doctype html><title>Dashboard</title>');
writeFileSync(join(page, 'assets/main-abc123.js'), 'export {};');

let served: ServedEmulator;
beforeAll(async () => {
  served = await serveEmulator({
    lag: 0,
    processing: 0,
    executor: scriptedExecutor((job) => {
      job.onOutput('stdout', 'a line\n');
      return { files: [{ name: 'result.txt', data: new TextEncoder().encode('42') }] };
    }),
  });
});
afterAll(() => served?.close());

const password = 'correct horse battery';
const variables = () => ({
  KAGGLE_ENDPOINT: served.url,
  KAGGLE_API_TOKEN: 'KGAT_test',
  DASHBOARD_PASSWORD: password,
});

/** What every deployment can do: serve the page, sign in, list, upload, run, and refuse. */
async function check(url: string): Promise<void> {
  const ask = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
  const home = await ask('/');
  expect([home.status, await home.text()]).toEqual([200, expect.stringContaining('<title>Dashboard')]);
  expect(home.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
  expect(home.headers.get('cache-control')).toBe('no-cache');
  const asset = await ask('/assets/main-abc123.js');
  expect(asset.headers.get('content-type')).toMatch(/^text\/javascript/);
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  const missing = await ask('/none.js');
  expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  expect(await missing.text()).toContain('Page not found');

  const platform = { ...memoryPlatform(), state: undefined };
  let cookie = '';
  const client = createClient({
    endpoint: `${url}/kaggle`,
    credential: 'proxy',
    platform,
    fetch(request) {
      request.headers.set('cookie', cookie);
      return fetch(request);
    },
  });
  await expect(client.whoAmI()).rejects.toMatchObject({ status: 401, reason: 'SESSION_EXPIRED' });
  const signIn = (given: string) =>
    ask('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password: given }),
    });
  expect((await signIn('wrong')).status).toBe(401);
  cookie = (await signIn(password)).headers.get('set-cookie')!.split(';')[0]!;
  expect(await client.whoAmI()).toBe('alice');

  const files = [{ name: 'a.csv', data: 'x,y\n1,2\n' }];
  const slug = `data-${new URL(url).port}`;
  await datasets.createOrVersion(client, { owner: 'alice', slug, title: slug, files });
  const [file] = await datasets.download(client, { owner: 'alice', slug, file: 'a.csv' }, '/out');
  expect(file).toMatchObject({ name: 'a.csv', size: 8 });
  const title = `Job ${new URL(url).port}`;
  const request = { slug: `alice/${title.toLowerCase().replace(' ', '-')}`, newTitle: title, text: 'print(1)' };
  const { log, status } = await kernels.run(client, request, { schedule: { first: 0.01, longest: 0.05 } });
  expect([status, log.map(({ data }) => data).join('')]).toEqual(['COMPLETE', 'a line\n']);
  await expect(kernels.remove(client, request.slug)).rejects.toThrow(
    'kernels.KernelsApiService/DeleteKernel is not allowed by this proxy',
  );
}

const nodeServer = (args: readonly string[], env: Record<string, string>) =>
  start(
    process.execPath,
    ['--import', './scripts/dashboard/register.ts', 'examples/dashboard/server/node.ts', ...args],
    cleanEnvironment({ PORT: '0', ...env }),
    root,
  );

test('on Node', async () => {
  const server = nodeServer([page], variables());
  onTestFinished(() => void server.child.kill());
  await check((await server.until(/Dashboard: (http:\S+)/))[1]!);
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
});

test('on Node without a built page it does not start', async () => {
  const { code, stderr } = await nodeServer([join(page, 'none')], variables()).ended;
  expect(code).toBe(1);
  expect(stderr).toBe(`cannot start the dashboard: no built page in ${join(page, 'none')}; run npm run build\n`);
});

test('on Workers, with assets', async () => {
  const script = await bundleWorker(join(root, 'examples/dashboard/server/worker.ts'), [esbuildSources(['workerd'])]);
  const options = {
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: script }],
    compatibilityDate: '2026-07-30',
    cf: false,
    bindings: variables(),
    assets: {
      directory: page,
      binding: 'ASSETS',
      routerConfig: { invoke_user_worker_ahead_of_assets: true, has_user_worker: true },
    },
    handleRuntimeStdio() {},
  };
  const started = new Miniflare(options as MiniflareOptions);
  onTestFinished(() => started.dispose());
  await check((await started.ready).origin);
});

test('on Workers without a password it says so', async () => {
  const { error } = console;
  const lines: string[] = [];
  console.error = (line: string) => void lines.push(line);
  const { DASHBOARD_PASSWORD: _, ...others } = variables();
  const ASSETS = { fetch: () => Promise.reject(new Error('not set up')) };
  const response = await worker.fetch(new Request('https://dashboard.example/'), { ...others, ASSETS });
  console.error = error;
  expect(response.status).toBe(500);
  expect(await response.text()).toContain('DASHBOARD_PASSWORD is not set');
  expect(lines).toEqual([expect.stringMatching(/^dashboard: DASHBOARD_PASSWORD is not set/)]);
});
