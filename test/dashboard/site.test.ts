import { expect, test } from 'vitest';
import { openDashboard } from './site.ts';

test('the sample runs are shown within a second, without a barrier', async () => {
  const { page, url, checkAccess } = await openDashboard();
  // Warm: the browser has started, the page is loaded again from the cache of the server.
  await page.goto('about:blank');
  const started = performance.now();
  await page.goto(url);
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  expect(performance.now() - started).toBeLessThan(1000);
  await checkAccess();
});

test('a violation of the policy, an error and a rejection fail a test', async () => {
  const site = await openDashboard({ shared: true, device: 'phone', theme: 'dark' });
  await site.page.evaluate(`{
    const style = document.createElement('style');
    style.textContent = 'h1 { color: red }';
    document.head.append(style);
    setTimeout(() => { throw new Error('an error'); });
    Promise.reject(new Error('a rejection'));
    fetch('/none');
  }`);
  await expect.poll(() => site.problems.length).toBe(4);
  await expect(site.close()).rejects.toThrow(/problems in the page/);
  expect(site.problems.sort()).toEqual([
    expect.stringMatching(/^Applying inline style violates/),
    expect.stringMatching(/^Failed to load resource.*404/),
    expect.stringMatching(/^unhandled: .*a rejection/),
    expect.stringMatching(/^unhandled: .*an error/),
  ]);
});
