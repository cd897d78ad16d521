import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import Chromium from '@sparticuz/chromium';
import { chromiumTrust } from '../../tls/authority.ts';
import type { Settings } from '../make-context.ts';
import type { Start } from '../start.ts';
import type { Report } from './entry.ts';

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

/** Opens `page` in a Chromium of its own, and resolves when the page reports that its cases are done. */
async function runPage(
  executable: string,
  profile: string,
  settings: Settings,
  onReport: (report: Extract<Report, { result: unknown }>) => void,
) {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    const report = JSON.parse(await text(request)) as Report;
    response.end();
    if ('error' in report) reject(new Error(`the page failed: ${report.error}`));
    else if ('done' in report) resolve();
    else onReport(report);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reportUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hash = encodeURIComponent(JSON.stringify({ ...settings, reportUrl }));
  const browser = spawn(
    executable,
    [
      // The package turns the rules on other origins off.
      ...Chromium.args.filter((arg) => arg !== '--disable-web-security'),
      chromiumTrust,
      `--user-data-dir=${profile}`,
      `${settings.controlUrl}/page#${hash}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const closed = once(browser, 'close');
  const complaints = text(browser.stderr);
  closed.then(async () => reject(new Error(`Chromium ended: ${(await complaints).slice(-4000)}`)), reject);
  try {
    await done;
  } finally {
    browser.kill('SIGKILL');
    await closed.catch(() => {});
    server.close();
  }
}

/**
 * Starts Chromium without a window, on the pages of the control servers, in parallel: mostly they wait. Not through a debugger,
 * which would be told each byte that a page sends.
 */
export const start: Start = async (rounds, _bundles, onResult) => {
  const place = join(rounds[0]!.scratch!, 'chromium');
  const executable = await unpack(place);
  await Promise.all(
    rounds.map((settings) =>
      runPage(executable, join(place, settings.over), settings, ({ result }) => onResult(result)),
    ),
  );
};
