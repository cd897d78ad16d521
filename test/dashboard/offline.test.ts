import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { staticFiles } from '../../examples/dashboard/server/static.ts';
import { build, openDashboard } from './site.ts';

const installed = (page: Page) => page.evaluate('navigator.serviceWorker.ready.then(() => true)');

test('without a network the app opens with the last known runs, marked as old, and continues by itself', async () => {
  const site = await openDashboard({ offline: true });
  const { page } = site;
  site.expectProblems(/Failed to load resource/);
  await page.getByRole('row').getByText('Complete').first().waitFor();
  await installed(page);
  await site.stop();
  await page.reload();
  await page.getByText(/^This list was saved/).waitFor();
  await page.getByRole('row').getByText('Complete').first().waitFor();
  await page.getByText('No connection to the server').waitFor();
  await site.checkAccess();
  await site.visit('#/quota');
  await page.getByRole('heading', { level: 1, name: 'Quota' }).waitFor();
  await site.visit('#/');
  await site.start();
  await page.getByText(/^This list was saved/).waitFor({ state: 'detached' });
  await page.getByText('No connection to the server').waitFor({ state: 'detached' });
});

test('only files of the app are stored', async () => {
  const site = await openDashboard({ offline: true });
  const { page, url } = site;
  await page.getByRole('row').first().waitFor();
  await installed(page);
  await page.reload();
  await page.getByRole('row').first().waitFor();
  const stored = (await page.evaluate(`(async () => {
    const names = await caches.keys();
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return all.flat().map(({ url }) => url);
  })()`)) as string[];
  expect(stored).toContain(`${url}/`);
  expect(
    stored.filter((at) => !/^http:..[^/]+\/(?:|icon\.svg|manifest\.webmanifest|assets\/[\w.-]+)$/.test(at)),
  ).toEqual([]);
});

test('a new version is used after a reload that somebody asks for', async () => {
  const files = await staticFiles(await build());
  let version = 1;
  const site = await openDashboard({
    offline: true,
    app: {
      async files(request) {
        const response = await files(new Request(request.url, { method: request.method }));
        const { pathname } = new URL(request.url);
        if (version === 1 || (pathname !== '/' && pathname !== '/sw.js')) return response;
        const text = await response.text();
        return new Response(
          text.replace('<body>', '<body data-version="2">').replace('kaggle-dashboard-', 'kaggle-dashboard-2-'),
          { headers: { 'content-type': response.headers.get('content-type')! } },
        );
      },
    },
  });
  const { page } = site;
  await installed(page);
  await page.reload();
  version = 2;
  const shown = page.getByText('A new version of the dashboard is ready');
  // Again and again: the browser looks for updates after a reload, too, and joins both, even if it has read the old file.
  const look = async () => {
    await page.evaluate('navigator.serviceWorker.ready.then((found) => found.update())');
    return shown.isVisible();
  };
  await expect.poll(look, { interval: 500 }).toBe(true);
  expect(await page.locator('[data-version="2"]').count()).toBe(0);
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.locator('[data-version="2"]').waitFor({ state: 'attached' });
  await page.getByText('A new version').waitFor({ state: 'detached' });
});
