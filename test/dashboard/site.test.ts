import { expect, test } from 'vitest';
import { openDashboard } from './site.ts';

test('the status of the sample runs is shown after two round trips, without a barrier', async () => {
  const { page, url, checkAccess } = await openDashboard();
  await page.getByText('Running', { exact: true }).first().waitFor();
  const methods: string[] = [];
  page.on('request', (request) => {
    const [, method] = /\/kaggle\/[\w.]+\/(\w+)$/.exec(request.url()) ?? [];
    if (method && methods.at(-1) !== method) methods.push(method);
  });
  await page.goto('about:blank');
  await page.goto(url);
  await page.getByText('Running', { exact: true }).first().waitFor();
  // The runs, then what each does: nothing else before. The account is known since the first visit.
  expect(methods.slice(0, 2)).toEqual(['ListKernels', 'GetKernelSessionStatus']);
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
