import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { useRun, useRuns } from '../../src/react/index.ts';
import { push } from '../../src/services/kernels/index.ts';
import { scriptedExecutor } from '../../src/testing/index.ts';
import { createFake } from '../contract/kernels-fake.ts';
import { launchChromium } from '../platform/chromium.ts';
import type { cases } from './cases.ts';
import { serveExample } from './example.ts';

const libraries = {
  react: {},
  preact: { react: 'preact/compat', 'react-dom': 'preact/compat', 'react-dom/client': 'preact/compat/client' },
};

let folder: string;
let browser: BrowserContext;
const pages: Partial<Record<keyof typeof libraries, Page>> = {};
/** What a page writes to the console as an error: React reports misuse there. */
const complaints: string[] = [];
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end('<!doctype html><title>Runs</title>');
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-react-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium(folder);
  for (const [name, alias] of Object.entries(libraries)) {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, 'cases.ts')],
      bundle: true,
      write: false,
      format: 'esm',
      alias,
      define: { 'process.env.NODE_ENV': '"development"' },
    });
    const page = await browser.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', ({ message }) => complaints.push(message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.addScriptTag({ type: 'module', content: outputFiles[0]!.text });
    pages[name as keyof typeof libraries] = page;
  }
});
afterAll(async () => {
  await browser?.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const names = [
  'a run is shown until it has ended, with its message',
  'components that show the same run share its requests, StrictMode included',
  'a reference that is created for each render is the same run',
  'another run replaces the first one at once, whose requests are aborted',
  'nothing is requested without a run, and after the component is gone',
  'errors are part of the result',
  'a job and its id are runs, too',
  'a hidden page requests nothing, and continues at once when it is visible, without repeating the log',
  'a component without the log is not rendered for its lines, and one that is added later gets the log',
  'a few live logs are open at the same time, and the others are read, too',
  'a page from a server is hydrated',
];

test.each(['react', 'preact'] as const)('%s: every case is listed', async (library) => {
  const found = await pages[library]!.evaluate(() => Object.keys((globalThis as unknown as { cases: object }).cases));
  expect(found).toEqual(names);
});

test.each(
  names.flatMap((name) => [['react', name] as const, ['preact', name] as const]),
)('%s: %s', async (library, name) => {
  const page = pages[library]!;
  await page.bringToFront();
  complaints.length = 0;
  await page.evaluate((name) => (globalThis as unknown as { cases: typeof cases }).cases[name]!(), name);
  expect(complaints).toEqual([]);
});

const { client, requests } = createFake({});

test('a server renders a run that is unknown, and requests nothing', () => {
  const Run = () => createElement('p', null, String(useRun(client, 'alice/run-0/1', { logs: 'live' }).status));
  const Runs = () => createElement('p', null, useRuns(client, ['alice/run-0/1', 'no kernel']).runs.length);
  expect(renderToString(createElement('div', null, createElement(Run), createElement(Runs)))).toBe(
    '<div><p>undefined</p><p>2</p></div>',
  );
  expect(requests).toEqual([]);
});

test('a client that is missing is an error of the component', () => {
  const Run = () => createElement('p', null, useRun(undefined as never, 'alice/run-0/1').status);
  expect(() => renderToString(createElement(Run))).toThrow(ValidationError);
  const Runs = () => createElement('p', null, useRuns(client, 'alice/run-0/1' as never).runs.length);
  expect(() => renderToString(createElement(Runs))).toThrow('useRuns: runs: expected an array of runs');
});

test('examples/react shows the status and the live log of runs on the emulator', async () => {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const executor = scriptedExecutor(async (job) => {
    job.onOutput('stdout', 'epoch 1\n');
    await finished;
    job.onOutput('stdout', 'epoch 2\n');
  });
  const example = await serveExample(join(folder, 'example'), executor);
  onTestFinished(() => example.close());
  const job = {
    slug: 'alice/my-training',
    newTitle: 'My training',
    text: '1',
    language: 'python',
    kernelType: 'script',
  };
  const { ref, versionNumber } = await push(example.client, job as Parameters<typeof push>[1]);
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(`${example.url}?run=${ref}/${versionNumber}`);
  const run = page.getByRole('region', { name: `${ref}/${versionNumber}` });
  await run.getByText('RUNNING').waitFor();
  await run.getByText('epoch 1').waitFor();
  await page.getByText('0 of 1 have ended').waitFor();
  finish();
  await run.getByText('COMPLETE').waitFor();
  await run.getByText('epoch 2').waitFor();
  await page.getByText('1 of 1 have ended').waitFor();
  expect(errors).toEqual([]);
  await page.getByLabel('Run:').fill('alice/missing');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByRole('alert').getByText('not found, or private').waitFor();
});
