import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/node.ts';
import { push, remove, start } from '../../src/services/kernels/index.ts';
import { type Executor, scriptedExecutor } from '../../src/testing/index.ts';
import { openDashboard, type Site } from './site.ts';
import { taskTimes } from './tasks.ts';

/** A run that does what the test says. */
interface Act {
  print(data: string, stream?: 'stdout' | 'stderr'): void;
  /** The session id, as a script with the prologue prints it. */
  printSession(): void;
  end(failure?: string): void;
}

/** An executor, and the run of a source that contains `name`, once it has started. */
function stage(): { executor: Executor; act(name: string): Promise<Act> } {
  const acts = new Map<string, PromiseWithResolvers<Act>>();
  const get = (name: string) => {
    const known = acts.get(name) ?? Promise.withResolvers<Act>();
    acts.set(name, known);
    return known;
  };
  const executor = scriptedExecutor(async (job) => {
    const name = /act:(\w+)/.exec(job.text)?.[1] ?? '';
    const ended = Promise.withResolvers<string | undefined>();
    job.signal.addEventListener('abort', () => ended.resolve('canceled'), { once: true });
    get(name).resolve({
      print: (data, stream = 'stdout') => job.onOutput(stream, data),
      printSession: () =>
        job.onOutput('stdout', `##kaggle-ts session=${/\d+/.exec(job.env.KAGGLE_CONTAINER_NAME!)}##\n`),
      end: ended.resolve,
    });
    const failureMessage = await ended.promise;
    return failureMessage === undefined ? {} : { failureMessage };
  });
  return { executor, act: (name) => get(name).promise };
}

const { executor, act } = stage();
const users = [
  { username: 'alice', token: 'KGAT_test' },
  { username: 'bob', token: 'KGAT_bob' },
];
let shared: Promise<Site> | undefined;
/** One site for all tests that break nothing. */
const site = () => {
  shared ??= openDashboard({ samples: false, shared: true, emulator: { executor, users, lag: 0 } });
  return shared;
};
afterAll(async () => (await shared)?.close());

/** Pushes a script, and opens its page. */
async function open(name: string, { page, client, visit }: Site): Promise<Act> {
  const kernel = await push(client, {
    slug: `alice/run-${name}`,
    newTitle: `Run ${name}`,
    text: `# act:${name}\nprint(1)`,
  });
  await visit(`#/run/${kernel.ref}/${kernel.versionNumber}`);
  await page.getByRole('heading', { name: `Run ${name}` }).waitFor();
  return act(name);
}

/** The text of the log, as it is downloaded. */
async function logText(page: Page): Promise<string> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the log' }).click();
  return readFile(await (await downloading).path(), 'utf8');
}

const log = (page: Page) => page.getByRole('log');
const row = (page: Page, text: string | RegExp) => log(page).locator('.log-row').filter({ hasText: text });
const numbered = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `line ${from + at}\n`).join('');

test('a run from its start to its end: status, title, log, output, announcements', async () => {
  const { page, checkAccess, ...rest } = await site();
  const run = await open('whole', { page, checkAccess, ...rest });
  await page.getByText('Running').waitFor();
  run.print('\x1b[32mhello\x1b[0m <b>world</b>\n  0%|    |\r');
  run.print(' 50%|##  |\r', 'stderr');
  run.print('100%|####|\n');
  await row(page, 'hello <b>world</b>').waitFor();
  await row(page, '100%|####|').waitFor();
  await expect.poll(() => page.title()).toMatch(/^Running · Run whole v1/);
  run.end();
  await page.getByText('Complete', { exact: true }).waitFor();
  await expect.poll(() => page.title()).toMatch(/^Complete · /);
  await page.getByRole('status').filter({ hasText: 'Run whole: Complete' }).waitFor();
  expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
  expect(await logText(page)).toContain('hello <b>world</b>\n');
  // Read again, from the stored log.
  await page.reload();
  await row(page, 'hello <b>world</b>').waitFor();
  await page.getByText('Source').click();
  await page.getByText('print(1)').waitFor();
  await checkAccess();
});

test('a failed run gives its reason', async () => {
  const opened = await site();
  const run = await open('failing', opened);
  run.print('Traceback\n', 'stderr');
  run.end('Your notebook tried to allocate more memory than is available.');
  await opened.page.getByText('Failed', { exact: true }).waitFor();
  await opened.page.getByText('tried to allocate more memory').waitFor();
});

test('100,000 lines: no long task, following, search', async () => {
  const opened = await site();
  const { page } = opened;
  const run = await open('large', opened);
  await page.getByText('Running').waitFor();
  const times = await taskTimes(page, async () => {
    for (let first = 1; first < 100_000; first += 1000) {
      run.print(numbered(1000, first).replaceAll('line', 'the loss of line'));
      // Thousands of lines per second, but not all at once.
      if (first % 20_000 === 19_001) await row(page, `of line ${first + 999}`).waitFor();
    }
    await page.evaluate(async () => {
      const area = document.querySelector('[role=log]')!;
      for (let step = 0; step < 30; step++) {
        area.scrollTop = (area.scrollHeight * ((step * 7) % 30)) / 30;
        await new Promise(requestAnimationFrame);
      }
    });
  });
  expect(times[0]).toBeLessThan(50);
  // A window of it is in the document.
  expect(await log(page).locator('.log-row').count()).toBeLessThan(120);

  // The person has scrolled up: the log stays where it is, and says what is new.
  run.print(numbered(7, 100_001));
  await page.getByRole('button', { name: '7 new lines' }).click();
  await row(page, 'line 100007').waitFor();
  run.print('the last line\n');
  await row(page, 'the last line').waitFor();

  await log(page).focus();
  await page.keyboard.press('/');
  await page.getByLabel('Search in the log').and(page.locator(':focus')).waitFor();
  await page.keyboard.insertText('LINE 4242');
  // At once, before the search is over.
  await page.keyboard.press('Enter');
  await page.getByText('1 of 11').waitFor();
  await row(page, 'line 4242').locator('.log-match-current').first().waitFor();
  await page.keyboard.press('Shift+Enter');
  await page.getByText('11 of 11').waitFor();
  await row(page, 'line 42429').waitFor();
  await page.getByRole('button', { name: 'Match case' }).click();
  await page.getByText('No matches').waitFor();
  await page.getByRole('button', { name: 'Match case' }).click();
  await page.getByRole('button', { name: 'Regular expression' }).click();
  await page.getByLabel('Search in the log').fill('line 4(2{3}|');
  await page.getByText('Invalid expression').waitFor();
  await page.getByLabel('Search in the log').fill('^the .* line 42{4}$');
  await page.getByText(/^1 match$/).waitFor();
  await page.keyboard.press('Enter');
  await row(page, 'line 42222').locator('.log-match-current').waitFor();
  await page.keyboard.press('Escape');
  await page.getByLabel('Search in the log').waitFor({ state: 'detached' });
  expect(await log(page).evaluate((element) => element === document.activeElement)).toBe(true);

  // While the log is read, line numbers become wider: the rows are others then.
  await opened.visit('#/run/alice/run-large/1?line=99990');
  await page.reload();
  await log(page).locator('.log-target').filter({ hasText: 'of line 99990' }).waitFor();
});

test('a link to a line, streams, times, and copying over more than is drawn', async () => {
  const opened = await site();
  const { page, context, visit } = opened;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const run = await open('lines', opened);
  run.print(numbered(500));
  run.print('a warning\n', 'stderr');
  run.end();
  await page.getByText('Complete', { exact: true }).waitFor();
  await visit('#/run/alice/run-lines/1?line=250');
  const target = log(page).locator('.log-target');
  await target.waitFor();
  expect(await target.textContent()).toBe('250line 250');
  await visit('#/run/alice/run-lines/1?line=900');
  await page.getByText('The log has no line 900: it ends with line 501.').waitFor();
  await visit('#/run/alice/run-lines/1?line=250');
  await target.waitFor();
  // From the middle of line 250 to line 450, which is drawn after scrolling.
  const copied = await page.evaluate(async () => {
    const frames = async () => {
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    };
    const text = (line: number) => document.querySelector(`[data-index="${line - 1}"] .log-text`)!.firstChild!;
    const area = document.querySelector('[role=log]')!;
    getSelection()!.collapse(text(250), 5);
    getSelection()!.extend(text(251), 1);
    await frames();
    area.scrollTop += (200 * area.scrollHeight) / 500;
    await frames();
    getSelection()!.extend(text(450), 6);
    await frames();
    const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
    area.dispatchEvent(event);
    return event.clipboardData!.getData('text/plain');
  });
  expect(copied).toBe(`${numbered(201, 250).slice(5, -3)}`);
  await page.getByRole('button', { name: 'Copy the log' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('line 499\nline 500\n');
  await page.getByRole('button', { name: 'Times' }).click();
  await log(page).locator('.log-time').first().waitFor();
  await page.getByLabel('Streams').selectOption('stderr');
  await page.getByText('1 line', { exact: true }).waitFor();
  expect(await logText(page)).toBe('a warning\n');
});

describe('canceling', () => {
  test('asks, then cancels', async () => {
    const opened = await site();
    const { page } = opened;
    const run = await open('canceled', opened);
    run.printSession();
    run.print('working\n');
    await row(page, 'working').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this run?' });
    await dialog.getByRole('button', { name: 'Keep running' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('strong').filter({ hasText: 'The run was canceled' }).waitFor();
    await page.getByText('Canceled', { exact: true }).waitFor();
  });

  test('explains that it cannot', async () => {
    const opened = await site();
    const { page, checkAccess } = opened;
    const run = await open('unknown', opened);
    // The session id would be in one of the first 200 entries.
    for (let entry = 0; entry <= 200; entry++) run.print(`entry ${entry}\n`);
    await row(page, 'entry 200').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel run' }).click();
    const dialog = page.getByRole('dialog', { name: 'This run cannot be canceled here' });
    await dialog.getByText('has not printed one').waitFor();
    await dialog.getByRole('link', { name: 'Cancel it on Kaggle' }).waitFor();
    await checkAccess();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    run.end();
  });
});

describe('what cannot be shown', () => {
  test('a version, a kernel, a job or an address that does not exist, or is of somebody else', async () => {
    const { page, visit, emulator, client, expectProblems } = await site();
    expectProblems(/Failed to load resource: the server responded with a status of 40[34]/);
    const alert = page.getByRole('alert');
    await push(client, { slug: 'alice/run-versions', newTitle: 'Run versions', text: '# act:versions' });
    (await act('versions')).end();
    await visit('#/run/alice/run-versions/7');
    await alert.getByText('Version 7 does not exist').waitFor();
    await alert.getByRole('link', { name: 'Latest version' }).click();
    await expect.poll(() => page.url()).toContain('#/run/alice/run-versions/1');
    await page.getByText('Complete', { exact: true }).waitFor();
    await visit('#/run/alice/run-versions/99999999');
    await alert.getByText('Version 99999999 does not exist').waitFor();

    const bob = createClient({ token: 'KGAT_bob', fetch: emulator.fetch });
    const job = await start(bob, { slug: 'bob/run-private', newTitle: 'Run private', text: '# act:private' });
    await visit('#/run/bob/run-private');
    await alert.getByText('This run is not available to your account').waitFor();
    await visit(`#/job/${job.id}`);
    await alert.getByText(/bob.*alice|alice.*bob/).waitFor();
    await visit(`#/job/${job.id.slice(0, -1)}`);
    await alert.getByText('This is not the id of a job').waitFor();
    await visit(`#/job/${job.id.replace('.1.', '.2.')}`);
    await alert.getByText('was truncated or changed').waitFor();
    await visit('#/run/alice');
    await page.getByRole('heading', { name: 'This is not the address of a run' }).waitFor();
    (await act('private')).end();
  });

  test('a run that is deleted while it is shown: what was received remains', async () => {
    const opened = await site();
    opened.expectProblems(/Failed to load resource/);
    const { page, client } = opened;
    const run = await open('deleted', opened);
    run.print('before\n');
    await row(page, 'before').waitFor();
    await remove(client, 'alice/run-deleted');
    run.end();
    await page.getByText('This run was deleted').waitFor();
    await row(page, 'before').waitFor();
  });
});

test('a job id leads to its run', async () => {
  const { page, visit, client } = await site();
  const job = await start(client, { slug: 'alice/run-job', newTitle: 'Run job', text: '# act:job' });
  await visit(`#/job/${job.id}`);
  await expect.poll(() => page.url()).toContain('#/run/alice/run-job/1');
  await page.getByRole('heading', { name: 'Run job' }).waitFor();
  (await act('job')).end();
  await page.getByText('Complete', { exact: true }).waitFor();
});

// The last one: its errors on the console are expected from then on.
test('nothing is lost or repeated when the network goes away and returns', async () => {
  const opened = await site();
  const { page, context, expectProblems, stop, start } = opened;
  expectProblems(/Failed to load resource|ERR_/);
  const run = await open('network', opened);
  run.print(numbered(100));
  await row(page, 'line 100').waitFor();
  await context.setOffline(true);
  await stop();
  run.print(numbered(100, 101));
  await start();
  await context.setOffline(false);
  await row(page, 'line 200').waitFor();
  run.print(numbered(100, 201));
  await stop();
  run.print(numbered(100, 301));
  await start();
  await row(page, 'line 400').waitFor();
  run.end();
  await page.getByText('Complete', { exact: true }).waitFor();
  expect(await logText(page)).toBe(numbered(400));
});
