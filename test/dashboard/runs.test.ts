import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { push } from '../../src/services/kernels/index.ts';
import { scriptedExecutor } from '../../src/testing/index.ts';
import { openDashboard } from './site.ts';

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

test('a run that is started elsewhere appears, and its status changes by itself', async () => {
  const { executor, end } = held();
  const { page, client, checkAccess } = await openDashboard({ emulator: { executor } });
  await row(page, 'house prices').getByText('Complete').waitFor();
  await push(client, { slug: 'alice/night-shift', newTitle: 'Night shift', text: 'print(1)' });
  // Somebody comes back to the tab: the list is requested at once.
  await hide(page, true);
  await hide(page, false);
  await row(page, 'Night shift').getByText('Running').waitFor();
  expect((await titles(page))[0]).toBe('Night shift');
  await page.getByText('3 active').waitFor();
  await checkAccess();
  end();
  await row(page, 'Night shift').getByText('Complete').waitFor();
  await page.getByRole('status').filter({ hasText: 'Night shift: Complete' }).waitFor({ state: 'attached' });
});

test('a page that nobody sees sends nothing', async () => {
  const { executor, end } = held();
  const { page, client } = await openDashboard({ emulator: { executor } });
  await push(client, { slug: 'alice/night-shift', newTitle: 'Night shift', text: 'print(1)' });
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
  end();
  expect(sent).toEqual([]);
  await hide(page, false);
  await row(page, 'Night shift').getByText('Complete').waitFor();
});

test('search, status and order are in the address, and remain after a reload', async () => {
  const { page, visit } = await openDashboard({
    emulator: { executor: scriptedExecutor(() => Promise.reject(new Error('out of memory'))) },
  });
  await row(page, 'house prices').waitFor();
  await page.getByRole('searchbox').fill('PRICES');
  await expect.poll(() => titles(page)).toEqual(['House prices: a first look']);
  await page.getByRole('button', { name: /^Failed/ }).click();
  await page.getByText('No matching runs').waitFor();
  await page.reload();
  await page.getByText('No matching runs').waitFor();
  expect(await page.getByRole('searchbox').inputValue()).toBe('PRICES');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page.getByLabel('Order').selectOption('Title');
  await expect
    .poll(async () => (await titles(page)).slice(1, 3))
    .toEqual(['Digit recognizer CNN', 'Forest cover sweep']);
  await visit('#/?search=none&status=nonsense&sort=nonsense');
  await page.getByText('No matching runs').waitFor();
});

test('a failed run shows why', async () => {
  const { page, client } = await openDashboard({
    samples: false,
    emulator: { executor: scriptedExecutor(() => Promise.reject(new Error('out of memory'))) },
  });
  await page.getByRole('link', { name: 'New run' }).nth(1).waitFor();
  await push(client, { slug: 'alice/broken', newTitle: 'Broken', text: 'x' });
  await page.reload();
  await row(page, 'Broken').getByText('Failed').waitFor();
  await row(page, 'Broken').getByText('out of memory').waitFor();
});

test('the keyboard moves between runs, opens the menu of one, and cancels it', async () => {
  const { executor } = held();
  const { page, client, checkAccess } = await openDashboard({ emulator: { executor } });
  await push(client, { slug: 'alice/night-shift', newTitle: 'Night shift', text: 'print(1)', params: {} });
  await page.reload();
  await row(page, 'Night shift').getByText('Running').waitFor();
  await page.getByRole('link', { name: 'Night shift' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).not.toBe('Night shift');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Cancel' }).waitFor();
  await checkAccess();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Run again');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.evaluate('document.activeElement.ariaLabel')).toBe('Actions for Night shift');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Cancel this run?' }).waitFor();
  await checkAccess();
  await page.getByRole('button', { name: 'Cancel run' }).click();
  await row(page, 'Night shift').getByText('Canceled').waitFor();
});

test('two selected runs can be compared', async () => {
  const { page, visit } = await openDashboard({ device: 'phone' });
  await page.getByLabel('Compare house prices').check();
  await page.getByText('Select another to compare').waitFor();
  await page.getByLabel('Compare store sales').check();
  await visit('#/quota');
  await visit('#/');
  const link = page.getByRole('region', { name: 'Selected runs' }).getByRole('link', { name: 'Compare' });
  expect(await link.getAttribute('href')).toBe(
    '#/compare?runs=alice/house-prices-notebook/1,alice/store-sales-forecast/1',
  );
});

test('without a server the page keeps what it knows, and continues when it is back', async () => {
  const { executor, end } = held();
  const site = await openDashboard({ emulator: { executor } });
  const { page, client } = site;
  site.expectProblems(/Failed to load resource/);
  await push(client, { slug: 'alice/night-shift', newTitle: 'Night shift', text: 'print(1)' });
  await page.reload();
  await row(page, 'Night shift').getByText('Running').waitFor();
  await site.stop();
  end();
  await page.getByText('No connection to the server').waitFor();
  expect(await titles(page)).toContain('Night shift');
  await site.start();
  await row(page, 'Night shift').getByText('Complete').waitFor();
  await page.getByText('No connection to the server').waitFor({ state: 'detached' });
});
