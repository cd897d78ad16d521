import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { push } from '../../src/services/kernels/index.ts';
import { scriptedExecutor } from '../../src/testing/index.ts';
import { openDashboard, type Site } from './site.ts';

const sweep = 'alice/forest-cover-sweep';
let site: Site;
const finish = new Map<string, () => void>();

/** Each new run writes what its source is, when the test says so. */
const executor = scriptedExecutor(async ({ text: source }) => {
  await new Promise<void>((resolve) => finish.set(source, resolve));
  return {
    files: [{ name: source.startsWith('{') ? 'metrics.json' : 'notes.txt', data: new TextEncoder().encode(source) }],
  };
});

beforeAll(async () => {
  site = await openDashboard({ shared: true, at: `#/compare?sweep=${sweep}`, emulator: { executor } });
});
afterAll(() => site?.close());

const table = () => site.page.getByRole('region', { name: 'Table of runs' });
const firstRun = () => table().locator('tbody tr').first().locator('th').innerText();
const calls = (name: string) => site.emulator.state.requests.filter(({ path }) => path.endsWith(name)).length;

test('a sweep is compared: table, best values, curves, and runs without metrics with the reason', async () => {
  const { page, checkAccess } = site;
  await page.getByText('11 of 12 runs have metrics').first().waitFor();
  expect(await table().locator('tbody tr').count()).toBe(11);
  const best = table().locator('tr', { has: page.getByRole('link', { name: 'v6', exact: true }) });
  expect(await best.getByText('best').count()).toBe(4);
  await page.getByText('allocate more memory than is available').waitFor();
  await page.locator('.chart-canvas canvas').waitFor();
  await checkAccess();
});

test('the keyboard reads the values of the chart, and lines are shown and hidden', async () => {
  const { page } = site;
  const chart = page.getByRole('group', { name: 'Chart: val_loss over step' });
  await chart.focus();
  await page.keyboard.press('End');
  const readout = page.locator('.chart-readout');
  await readout.getByText('step 40: #1: 0.338').waitFor();
  await page.keyboard.press('ArrowLeft');
  await readout.getByText('step 39:').waitFor();
  await page.getByRole('button', { name: /^#1 v1/ }).click();
  await readout.getByText('step 39: #2').waitFor();
  expect(page.url()).toContain('show=2.4.');
});

test('what is chosen is in the address, and nothing is requested again after a reload', async () => {
  const { page } = site;
  await page.getByRole('combobox', { name: 'Metric', exact: true }).selectOption('accuracy');
  await page.getByRole('combobox', { name: 'Over', exact: true }).selectOption('param:learning_rate');
  await page.getByRole('button', { name: 'accuracy' }).click();
  await page.getByRole('button', { name: 'accuracy' }).click();
  await expect.poll(firstRun).toContain('v6');
  const before = ['GetKernelSessionStatus', 'ListKernelSessionOutput'].map(calls);
  expect(before[1]).toBeGreaterThan(0);
  await page.reload();
  const chart = page.getByRole('group', { name: 'Chart: accuracy over learning_rate' });
  await chart.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.getByText(/learning_rate 0\.03, accuracy: v\d: .*, v\d: .*, v\d: /).waitFor();
  expect(await firstRun()).toContain('v6');
  expect(['GetKernelSessionStatus', 'ListKernelSessionOutput'].map(calls)).toEqual(before);
});

test('the table is saved as CSV', async () => {
  const { page } = site;
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  const [head, first, , third] = text.split('\r\n');
  expect(head).toMatch(/^\ufeffrun,status,problem,param: learning_rate,param: depth,param: seed,metric: accuracy/);
  expect(first).toMatch(new RegExp(`^${sweep}/1,COMPLETE,,0.3,4,1,0.86,`));
  expect(third).toMatch(new RegExp(`^${sweep}/3,ERROR,`));
});

test('runs in progress are listed, and appear with their metrics when they have ended', async () => {
  const { page, client, visit } = site;
  const sources = ['{"accuracy": 0.5, "params": {"depth": 3}}', '{"broken": ', 'none'];
  const job = { slug: 'alice/live-runs', newTitle: 'Live runs', language: 'python', kernelType: 'script' } as const;
  for (const text of sources) await push(client, { ...job, text });
  await visit(`#/compare?runs=${sources.map((_, index) => `alice/live-runs/${index + 1}`).join()},${sweep}/6,what`);
  await page.getByRole('alert').getByText('Not runs: what').waitFor();
  await expect.poll(() => page.getByText('its metrics appear when it has ended').count()).toBe(3);
  await page.getByText('1 of 4 runs have metrics').first().waitFor();
  await expect.poll(() => finish.size).toBe(3);
  for (const end of finish.values()) end();
  await page.getByText('2 of 4 runs have metrics').first().waitFor();
  expect(await table().innerText()).toContain('0.5');
  await page.getByText(/"metrics\.json" is not JSON/).waitFor();
  await page.getByText('no JSON file in its output').waitFor();
});

test('that a part of the page could not be loaded is not taken for what is wrong with a run', async () => {
  const { page, expectProblems, visit } = site;
  expectProblems(/Failed to load resource/);
  await page.route('**/requests-*.js', (route) => route.abort());
  await visit('#/compare?runs=alice/live-runs/1&file=other.json');
  await page.reload();
  await page.getByText('0 of 1 runs have metrics').first().waitFor();
  await page.getByRole('button', { name: 'Retry' }).waitFor();
  await page.unroute('**/requests-*.js');
  await page.reload();
  await page.getByText('no file "other.json"').waitFor();
});

test('a version that is added to a sweep appears', async () => {
  const { page, client, visit } = site;
  await visit('#/compare?sweep=alice/live-runs&versions=1,4-');
  await page.getByText('1 of 1 runs have metrics').first().waitFor();
  const text = '{"accuracy": 0.75}';
  await push(client, {
    slug: 'alice/live-runs',
    newTitle: 'Live runs',
    language: 'python',
    kernelType: 'script',
    text,
  });
  await expect.poll(() => finish.has(text)).toBe(true);
  finish.get(text)!();
  // The page asks for versions when it is seen again, and once a minute.
  for (const hidden of [true, false])
    await page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await page.getByText('2 of 2 runs have metrics').first().waitFor();
  expect(await table().innerText()).toContain('0.75');
});

test('a browser whose language is none shows charts, too', async () => {
  const page = await site.context.newPage();
  await page.addInitScript(
    "Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix', configurable: true })",
  );
  await page.goto(`${site.url}/#/compare?sweep=${sweep}`);
  await page.locator('.uplot canvas').waitFor();
  await page.close();
});

test('a status that cannot be requested says why, and one that the page does not know is not waited for', async () => {
  // A clock belongs to all pages of a context.
  const context = await site.context.browser()!.newContext();
  const page = await context.newPage();
  await page.route(/GetKernelSessionStatus/, (route) => {
    const isBusy = route.request().postData()?.includes('busy-runs');
    const headers = { 'content-type': 'application/json' };
    const busy = { status: 503, headers, body: '{"code": 503, "message": "slow down"}' };
    return route.fulfill(isBusy ? busy : { headers, body: '{"status": "PAUSED_BY_ADMIN"}' });
  });
  await page.clock.install();
  await page.goto(`${site.url}/#/compare?runs=alice/busy-runs/1`);
  const warning = page.getByRole('status').getByText(/cannot get the status.*retrying: slow down/i);
  // The pauses between retries take no time here.
  const count = () => page.clock.runFor(5000).then(() => warning.count());
  await expect.poll(count).toBe(1);
  await page.goto(`${site.url}/#/compare?runs=alice/paused-runs/1`);
  const paused = page.getByText('Paused by admin');
  await expect.poll(() => page.clock.runFor(1000).then(() => paused.count())).toBe(1);
  expect(await page.getByText('(loading)').count()).toBe(0);
  await context.close();
});

test('without runs, the page asks for them; a kernel that does not exist is an error', async () => {
  const { page, visit, expectProblems } = site;
  await visit('#/compare');
  await page.getByLabel('Kernel or runs').fill('alice/missing-kernel');
  expectProblems(/Failed to load resource/);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page
    .getByRole('alert')
    .getByText(/not found, or private/)
    .waitFor();
  expect(page.url()).toContain('sweep=alice%2Fmissing-kernel');
});

test('the quota is shown with its parts, the refill, its history, and the runs that took most', async () => {
  // On a Wednesday: which samples are of this week depends on the time.
  const now = Date.UTC(2026, 2, 11, 9, 30);
  const { page, visit, checkAccess } = await openDashboard({ emulator: { now: () => now } });
  await page.clock.install({ time: now });
  await page.goto('about:blank');
  await visit('#/quota');
  await page.getByText('Refilled in 2 d 14 h').waitFor();
  await page
    .getByRole('img', { name: 'GPU quota: 13 h 15 min used, 18 min held by running sessions, 16 h 26 min free' })
    .waitFor();
  const runs = page.getByRole('region', { name: 'Table of runs' });
  await runs.getByText('30 min 19 s').waitFor();
  await expect.poll(() => runs.locator('tbody tr').first().innerText()).toContain('Image augmentation');
  await checkAccess();
});

test('an account without quota, one without a limit, and one that has used it up', async () => {
  const { page, visit, checkAccess } = site;
  let answer: object = {};
  await page.route('**/GetAcceleratorQuotaStatistics', (route) => route.fulfill({ json: answer }));
  const show = async (gpuQuota: object, tpuQuota: object) => {
    answer = { quotaRefreshTime: new Date(Date.now() + 90_000).toISOString(), gpuQuota, tpuQuota };
    await visit('#/');
    // The quota is requested when its page is opened, then once a minute.
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    await visit('#/quota');
    await page.getByText('Refilled in 1 min').waitFor();
  };
  await show({ totalTimeAllowed: '0s' }, { timeUsed: '7200s', timeReserved: '60s', isPayToScaleEnabled: true });
  await page.getByText('This account has no GPU quota').waitFor();
  await page.getByText('No weekly limit. This week: 2 h used, 1 min held').waitFor();
  await show({ timeUsed: '3000s', timeReserved: '900s', totalTimeAllowed: '3600s' }, {});
  await page.getByText('used up').waitFor();
  await page.getByText('0 s free of 1 h').waitFor();
  await checkAccess();
});
