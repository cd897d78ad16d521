/** The pages of the dashboard in Firefox, with the sample data: `npm run test:firefox`. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDashboard, type Site } from './site.ts';

let site: Site;
let page: Page;
beforeAll(async () => {
  site = await openDashboard({ shared: true });
  ({ page } = site);
});
// Fails if there were errors on the console or violations of the policy.
afterAll(() => site.close());

const shown = (text: string | RegExp) => page.getByText(text).first().waitFor();

test('the list shows the status of each run', async () => {
  await shown('Weather report in R');
  for (const status of ['Running', 'Complete', 'Failed'])
    await page.getByText(status, { exact: true }).first().waitFor();
});

test('the page of a failed run shows its log, which can be searched', async () => {
  await site.visit('#/run/alice/sentiment-fine-tuning/1');
  await shown(/OutOfMemoryError|CUDA out of memory/);
  await page.getByRole('log').focus();
  await page.keyboard.press('/');
  await page.getByLabel('Search in the log').fill('OutOfMemory');
  await page.keyboard.press('Enter');
  await page.getByText(/^1 of \d+$/).waitFor();
  await page.locator('.log-match-current').first().waitFor();
});

test.each([
  ['a CSV file', 'store-sales-forecast/1?file=forecast.csv'],
  ['a Parquet file', 'store-sales-forecast/1?file=forecast.parquet'],
  ['a notebook', 'house-prices-notebook/1?file=__notebook__.ipynb'],
])('%s has a preview', async (_kind, address) => {
  await site.visit(`#/run/alice/${address}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/read .* in \d+ request/).waitFor();
  if (address.endsWith('ipynb')) await dialog.frameLocator('iframe').getByRole('img').first().waitFor();
  else await dialog.getByRole('gridcell').first().waitFor();
});

test('the quota and the chart of a sweep are drawn', async () => {
  await site.visit('#/quota');
  await shown(/TPU/);
  await site.visit('#/compare?sweep=alice/forest-cover-sweep');
  const chart = page.locator('.chart-canvas canvas');
  await chart.waitFor();
  const isPainted = () =>
    chart.evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    });
  await expect.poll(isPainted).toBe(true);
});

test('a violation of the policy is noticed', async () => {
  const { problems } = site;
  await page.evaluate(`{
    const style = document.createElement('style');
    style.textContent = 'h1 { color: red }';
    document.head.append(style);
  }`);
  await expect.poll(() => problems.splice(0)).toEqual([expect.stringContaining('Content-Security-Policy')]);
});
