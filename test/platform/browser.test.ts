import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserCases } from './browser-cases.ts';
import { filesystemCases } from './filesystem-cases.ts';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder();

let browser: Browser | undefined;
let server: Server | undefined;
let address = '';

beforeAll(async () => {
  // The package unpacks into TMPDIR under fixed names and trusts what is there: it gets a place of its own.
  process.env.TMPDIR = root;
  const { default: Chromium } = await import('@sparticuz/chromium');
  browser = await chromium.launch({
    executablePath: await Chromium.executablePath(),
    args: Chromium.args,
    headless: true,
  });
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'runners/page.ts')],
    bundle: true,
    write: false,
    format: 'esm',
  });
  const script = outputFiles[0]?.text;
  server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><script type="module">${script?.replaceAll('</script', '<\\/script')}</script>`);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

test('every case passes in Chromium', async () => {
  const page = await browser!.newPage();
  await page.goto(address);
  const outcome = (await page.evaluate('outcome')) as { passed: number };
  expect(outcome).toEqual({ passed: expect.any(Number), failures: [] });
  expect(outcome.passed).toBeGreaterThan(Object.keys({ ...filesystemCases, ...browserCases }).length + 6);
});
