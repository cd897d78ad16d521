import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import type { CaseResult } from '../../conformance/context.ts';
import type { Start } from '../start.ts';

/** Chromium without a window, on the page that the house serves. */
export const start: Start = async (settings, _bundles, onResult) => {
  // The browser unpacks itself into TMPDIR under fixed names and trusts what is there: it gets a place of its own.
  const place = join(settings.scratch!, 'chromium');
  await mkdir(place, { recursive: true });
  process.env.TMPDIR = place;
  const { default: Chromium } = await import('@sparticuz/chromium');
  const browser = await chromium.launch({
    executablePath: await Chromium.executablePath(),
    args: Chromium.args,
    headless: true,
  });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
    await page.exposeFunction('report', (result: CaseResult) => onResult(result));
    await page.goto(`${settings.controlUrl}/page`);
    await page.waitForFunction('globalThis.runConformance', undefined, { timeout: 10_000 }).catch(() => {
      throw new Error(`the page did not start: ${complaints.join('\n')}`);
    });
    await page.evaluate(`runConformance(${JSON.stringify(settings)})`);
  } finally {
    await browser.close();
  }
};
