import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import Chromium from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import type { CaseResult } from '../../conformance/context.ts';
import { chromiumTrust } from '../../tls/authority.ts';
import type { Start } from '../start.ts';

/**
 * The browser unpacks itself into TMPDIR under fixed names and trusts what is there: it gets a place of its own, in a process
 * of its own, as other runtimes are started meanwhile.
 */
async function unpack(place: string): Promise<string> {
  await mkdir(place, { recursive: true });
  const script = 'console.log(await (await import("@sparticuz/chromium")).default.executablePath())';
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, TMPDIR: place },
  });
  return stdout.trim();
}

/** Starts Chromium without a window, on the pages of the control servers. */
export const start: Start = async (rounds, _bundles, onResult) => {
  const executablePath = await unpack(join(rounds[0]!.scratch!, 'chromium'));
  // The package turns the rules on other origins off.
  const args = Chromium.args.filter((arg) => arg !== '--disable-web-security');
  const browser = await chromium.launch({ executablePath, args: [...args, chromiumTrust], headless: true });
  try {
    // All pages in parallel: their origins, and so their storage, differ, and they mostly wait.
    await Promise.all(
      rounds.map(async (settings) => {
        const page = await browser.newPage();
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
        await page.exposeFunction('report', (result: CaseResult) => onResult(result));
        await page.goto(`${settings.controlUrl}/page`);
        await page.waitForFunction('globalThis.runConformance', undefined, { timeout: 10_000 }).catch(() => {
          throw new Error(`the page did not start: ${complaints.join('\n')}`);
        });
        await page.evaluate(`runConformance(${JSON.stringify(settings)})`);
      }),
    );
  } finally {
    await browser.close();
  }
};
