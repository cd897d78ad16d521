import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserCases } from './browser-cases.ts';
import { type Page, startChromium } from './chromium.ts';
import { filesystemCases } from './filesystem-cases.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
let served: Page;
beforeAll(async () => {
  served = await startChromium(join(import.meta.dirname, 'runners/page.ts'), folder);
});
afterAll(() => served?.close());

test('every case passes in the browser', async () => {
  const page = await served.browser.newPage();
  await page.goto(served.url);
  const outcome = (await page.evaluate('outcome')) as { passed: number };
  expect(outcome).toEqual({ passed: expect.any(Number), failures: [] });
  expect(outcome.passed).toBeGreaterThan(Object.keys({ ...filesystemCases, ...browserCases }).length + 6);
});

/** What one call in the page came to, against a server of this kind, and the methods of the requests that reached it. */
async function callFromPage(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void) {
  const methods: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    methods.push(request.method!);
    answer(request, response, methods.filter((method) => method === 'POST').length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const page = await served.browser.newPage();
    await page.goto(served.url);
    await page.waitForFunction('globalThis.call');
    const said = await page.evaluate(`call('http://127.0.0.1:${(server.address() as AddressInfo).port}')`);
    return { said, methods };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const allowed = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type',
};

test.each([
  ['at all', {}],
  ['with a credential', { 'access-control-allow-origin': '*' }],
])('a server that does not let the page ask %s is asked once, and the error names CORS', async (_how, headers) => {
  const { said, methods } = await callFromPage((_request, response) => response.writeHead(200, headers).end('{}'));
  expect(said).toMatch(/CORS.*your own proxy/);
  expect(methods.filter((method) => method !== 'OPTIONS')).toEqual(['GET']);
});

test('a connection that a page lost once is no such server', async () => {
  const { said, methods } = await callFromPage((request, response, count) => {
    if (request.method === 'POST' && count === 1) request.socket.destroy();
    else response.writeHead(200, allowed).end('{"kernels":[]}');
  });
  expect(said).toEqual({ kernels: [] });
  expect(methods.filter((method) => method === 'POST')).toHaveLength(2);
});
