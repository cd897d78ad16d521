import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../test/platform/chromium.ts';
import { bound } from '../bounds.ts';
import { root } from '../clients/index.ts';
import { median } from '../interval.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

/** Seconds until the page shows what a run does. */
const limit = 1;

/** `npm run dashboard`, with its emulator, in a process of its own. */
async function serveDashboard(): Promise<{ url: string; stop(): Promise<unknown> }> {
  const child = spawn(process.execPath, ['scripts/dashboard.mjs', '--port', '0'], { cwd: root });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (child.exitCode === null && !/Press Ctrl-C/.test(output)) await wait(50);
  const [, url] = /Dashboard: +(http:\S+)/.exec(output) ?? [];
  if (url === undefined) throw new Error('npm run dashboard failed');
  return {
    url,
    stop() {
      child.kill('SIGINT');
      return once(child, 'exit');
    },
  };
}

async function firstStatus(page: Page, url: string): Promise<number> {
  await page.goto('about:blank');
  const started = performance.now();
  await page.goto(url);
  await page.getByText('Running', { exact: true }).first().waitFor();
  return (performance.now() - started) / 1000;
}

async function run({ rounds, scratch, say }: Bench): Promise<Report> {
  const served = await serveDashboard();
  const browser = await launchBrowser(scratch.fresh());
  const visits = { 'first visit': [] as number[], 'later visit': [] as number[] };
  try {
    for (let round = 0; round < rounds + 1; round++) {
      const context = await browser.newContext();
      const page = await context.newPage();
      for (const [name, seconds] of Object.entries(visits)) {
        const taken = await firstStatus(page, served.url);
        // The first round fills the caches of the disk.
        if (round > 0) seconds.push(taken);
        say(`dashboard, round ${round} of ${rounds}: ${name} ${taken.toFixed(3)} s`);
      }
      await context.close();
    }
  } finally {
    await browser.close();
    await served.stop();
  }
  return {
    title: 'First status in the dashboard',
    text: `From the navigation to the status of a run in Chromium, with the server and the emulator of \`npm run dashboard\` on the same machine. The first visit has an empty cache. ${rounds} rounds, medians.`,
    head: ['', 'seconds'],
    rows: Object.entries(visits).map(([name, seconds]) => [name, median(seconds).toFixed(3)]),
    bounds: Object.entries(visits).map(([name, seconds]) =>
      bound(name, seconds, { must: { atMost: limit }, unit: ' s' }),
    ),
    skipped: [],
  };
}

export const dashboard: Scenario = { name: 'dashboard', over: ['plain HTTP'], run };
