import { expect, test } from 'vitest';
import { openDashboard } from './site.ts';

test('a session that ends asks for the password, and what was being done continues', async () => {
  let now = Date.now();
  const password = 'correct horse battery';
  const site = await openDashboard({
    samples: false,
    emulator: {
      fixtures: { kernels: [{ owner: 'alice', slug: 'house-prices', title: 'house prices', text: '', log: [] }] },
    },
    app: { password, sessionSeconds: 3600, now: () => now },
  });
  const { page } = site;
  site.expectProblems(/401/);
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await dialog.waitFor();
  await site.checkAccess();
  await page.keyboard.type('wrong password');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').waitFor();
  expect(await dialog.getByRole('alert').textContent()).toMatch(/password/);
  await dialog.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'house prices' }).waitFor();
  await dialog.waitFor({ state: 'detached' });

  await page.getByRole('searchbox').fill('house');
  now += 3_600_001;
  await page.getByRole('checkbox').check();
  // The next request of the page finds that the session is over; the dialog can be closed meanwhile.
  await page.evaluate(`dispatchEvent(new Event('offline'))`);
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('You are signed out').waitFor();
  expect(await page.getByRole('searchbox').inputValue()).toBe('house');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await dialog.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByText('You are signed out').waitFor({ state: 'detached' });
  expect(await page.getByRole('searchbox').inputValue()).toBe('house');
  expect(await page.getByRole('checkbox').isChecked()).toBe(true);

  // What the browser stores: databases and their keys, and files of downloads.
  const stored = async () =>
    (await page.evaluate(`(async () => {
      const wait = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const found = [];
      for (const { name } of await indexedDB.databases()) {
        const database = await wait(indexedDB.open(name));
        for (const store of database.objectStoreNames)
          for (const key of await wait(database.transaction(store).objectStore(store).getAllKeys()))
            found.push(name + ': ' + key);
        database.close();
      }
      const root = await navigator.storage.getDirectory();
      for await (const app of root.values()) for await (const name of app.keys()) found.push('file: ' + name);
      return found;
    })()`)) as string[];
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const app = await root.getDirectoryHandle('kaggle', { create: true });
    const downloads = await app.getDirectoryHandle('downloads', { create: true });
    await downloads.getFileHandle('model.bin', { create: true });
  });
  await site.visit('#/compare?runs=alice/house-prices/1');
  await expect
    .poll(stored)
    .toEqual(['kaggle-dashboard: runs-1', 'kaggle-dashboard-compare: alice/house-prices/1', 'file: downloads']);

  await page.getByRole('button', { name: 'Account and theme' }).click();
  await page.getByText('Kaggle account alice').waitFor();
  const job = { id: 'x', ref: 'alice/secret', versionNumber: 1, title: 'secret', startedAt: '2026-01-01T00:00:00Z' };
  await page.evaluate(`localStorage.setItem('started', '${JSON.stringify([job])}')`);
  site.expectProblems(/500/);
  await page.route('**/session', (route) => route.fulfill({ status: 500 }), { times: 1 });
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('You are still signed in: the server returned the status 500').waitFor();
  expect(await stored()).not.toEqual([]);
  await page.getByRole('button', { name: 'Account and theme' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await dialog.waitFor();
  expect(await page.getByRole('link', { name: 'house prices' }).count()).toBe(0);
  expect(await stored()).toEqual([]);
  expect(await page.evaluate(`localStorage.getItem('started')`)).toBeNull();
});
