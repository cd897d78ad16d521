import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { push } from '../../src/services/kernels/index.ts';
import { type KernelFixture, scriptedExecutor } from '../../src/testing/index.ts';
import { openDashboard } from './site.ts';

const fixture = (slug: string, day: number, more: Partial<KernelFixture> = {}): KernelFixture => ({
  owner: 'alice',
  slug,
  title: slug.replace('-', ' '),
  text: '',
  created: Date.UTC(2026, 0, day),
  status: 'COMPLETE',
  ...more,
});
const kernels = [
  fixture('house-prices', 1),
  fixture('store-sales', 2, { status: 'ERROR', failureMessage: 'out of memory' }),
  fixture('digit-recognizer', 3, { enableGpu: true }),
];

/** Other tests run at the same time. */

const titles = (page: Page) => page.getByRole('row').getByRole('link').allTextContents();
const row = (page: Page, title: string) => page.getByRole('row').filter({ hasText: title });

/** As when another tab comes to the front, or this one comes back. */
const hide = (page: Page, hidden: boolean) =>
  page.evaluate(`{
    Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }`);

/** An executor whose runs end when `end` is called, or when they are canceled. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const executor = scriptedExecutor(({ env, signal, onOutput }) => {
    // The prologue of a script prints this.
    onOutput('stdout', `##kaggle-ts session=${/\d+/.exec(env.KAGGLE_CONTAINER_NAME!)}##\n`);
    signal.addEventListener('abort', () => resolve());
    return promise;
  });
  return { executor, end: resolve };
}

const nightShift = { slug: 'alice/night-shift', newTitle: 'Night shift', text: 'print(1)', params: {} };

test('the list is live, and everything in it works with the keyboard', async () => {
  const { executor } = held();
  const site = await openDashboard({ samples: false, emulator: { executor, fixtures: { kernels } } });
  const { page, client, checkAccess } = site;
  await row(page, 'house prices').getByText('Complete').waitFor();
  await row(page, 'store sales').getByText('out of memory').waitFor();
  expect(await titles(page)).toEqual(['digit recognizer', 'store sales', 'house prices']);

  // A run that is started elsewhere is found when somebody comes back to the tab.
  await push(client, nightShift);
  await hide(page, true);
  await hide(page, false);
  await row(page, 'Night shift').getByText('Running').waitFor();
  expect((await titles(page))[0]).toBe('Night shift');
  await page.getByText('1 active').waitFor();
  await checkAccess();

  const focused = () => page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.textContent');
  await page.getByRole('link', { name: 'Night shift' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe('digit recognizer');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Cancel' }).waitFor();
  await checkAccess();
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe('Run again');
  await page.keyboard.press('Escape');
  await expect.poll(focused).toBe('Actions for Night shift');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('Cancel');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Cancel this run?' }).waitFor();
  await checkAccess();
  await page.getByRole('button', { name: 'Cancel run' }).click();
  await row(page, 'Night shift').getByText('Canceled').waitFor();
  await page.getByRole('status').filter({ hasText: 'Night shift: Canceled' }).waitFor({ state: 'attached' });
});

test('filter and selection remain; an account without runs is told what to do', async () => {
  const site = await openDashboard({ device: 'phone', samples: false, emulator: { fixtures: { kernels } } });
  const { page, visit } = site;
  await row(page, 'store sales').getByText('Failed').waitFor();
  await page.getByRole('searchbox').fill('PRICES');
  await expect.poll(() => titles(page)).toEqual(['house prices']);
  await page.getByRole('button', { name: /^Failed 1/ }).click();
  await page.getByText('No matching runs').waitFor();
  await page.reload();
  await page.getByText('No matching runs').waitFor();
  expect(await page.getByRole('searchbox').inputValue()).toBe('PRICES');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page.getByLabel('Order').selectOption('Title');
  await expect.poll(() => titles(page)).toEqual(['digit recognizer', 'house prices', 'store sales']);
  await visit('#/?search=gpu&status=nonsense&sort=nonsense');
  await expect.poll(() => titles(page)).toEqual(['digit recognizer']);
  await visit('#/');

  await page.getByLabel('Compare house prices').check();
  await page.getByText('Select another to compare').waitFor();
  await page.getByLabel('Compare store sales').check();
  await site.checkAccess();
  await visit('#/quota');
  await visit('#/');
  const link = page.getByRole('region', { name: 'Selected runs' }).getByRole('link', { name: 'Compare' });
  expect(await link.getAttribute('href')).toBe('#/compare?runs=alice/house-prices/1,alice/store-sales/1');

  site.expectProblems(/403/);
  // What other versions of the app, or other apps of the origin, may have stored.
  await page.evaluate(`localStorage.setItem('started', JSON.stringify([
    null, 7, { id: 'a' }, { id: 'b', ref: 'x', versionNumber: 1, title: 'x', startedAt: 'now' },
    { id: 'c', ref: 'alice/deleted', versionNumber: 4, title: 'Deleted since', startedAt: '2026-01-04T00:00:00Z' },
  ]))`);
  await page.reload();
  await row(page, 'Deleted since').getByText('Unavailable').waitFor();
  await row(page, 'house prices').getByText('Complete').waitFor();
  await page.getByRole('button', { name: 'Actions for Deleted since' }).click();
  await page.getByRole('menuitem', { name: 'Remove from this list' }).click();
  await row(page, 'Deleted since').waitFor({ state: 'detached' });

  for (const key of site.emulator.state.kernels.keys()) site.emulator.state.kernels.delete(key);
  await page.reload();
  await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
  await site.checkAccess();
});

test('a page that nobody sees sends nothing; without a server it keeps what it knows, and continues when it is back', async () => {
  const { executor, end } = held();
  const site = await openDashboard({ samples: false, emulator: { executor } });
  const { page, client } = site;
  site.expectProblems(/Failed to load resource/);
  await push(client, nightShift);
  await page.clock.install();
  await page.reload();
  await row(page, 'Night shift').getByText('Running').waitFor();
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.url()));
  await page.clock.fastForward('01:00');
  await expect.poll(() => sent.length).toBeGreaterThan(1);
  await hide(page, true);
  sent.length = 0;
  await page.clock.fastForward('10:00');
  expect(sent).toEqual([]);

  await site.stop();
  await hide(page, false);
  await page.getByText('No connection to the server').waitFor();
  expect(await titles(page)).toEqual(['Night shift']);
  end();
  await site.start();
  await page.clock.fastForward('00:30');
  await row(page, 'Night shift').getByText('Complete').waitFor();
  await page.getByText('No connection to the server').waitFor({ state: 'detached' });
});
