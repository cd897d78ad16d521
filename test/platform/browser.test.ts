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

test('every case passes in Chromium', async () => {
  const page = await served.browser.newPage();
  await page.goto(served.url);
  const outcome = (await page.evaluate('outcome')) as { passed: number };
  expect(outcome).toEqual({ passed: expect.any(Number), failures: [] });
  expect(outcome.passed).toBeGreaterThan(Object.keys({ ...filesystemCases, ...browserCases }).length + 6);
});
