import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { scratchFolder } from '../platform/scratch.ts';
import { openDashboard, type Site } from './site.ts';

const folder = scratchFolder();
const password = 'correct horse battery';
let site: Site;
afterAll(() => site?.close());

/** A new window of the same site: nothing of the test before is stored in it. */
async function open(): Promise<Page> {
  if (!site) {
    site = await openDashboard({ at: '#/quota', shared: true, samples: false });
    // A kernel or a dataset that does not exist yet, and cut connections, are errors on the console.
    site.expectProblems(/Failed to load resource/);
  }
  const { page } = site;
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await site.context.setOffline(false);
  if (page.url() === 'about:blank') await site.visit('#/quota');
  await page.evaluate(async () => {
    localStorage.clear();
    sessionStorage.clear();
  });
  site.emulator.faults.clear();
  site.emulator.state.kernels.clear();
  site.emulator.state.datasets.clear();
  await page.goto('about:blank');
  await site.visit('#/new');
  await page.getByRole('heading', { name: 'New run' }).waitFor();
  return page;
}

let page: Page;
beforeEach(async () => {
  page = await open();
});

const startButton = () => page.getByRole('button', { name: 'Start run' });
const title = () => page.getByLabel('Title', { exact: true });
const versions = () => [...site.emulator.state.kernels.values()].flatMap(({ versions }) => versions);
const bytes = (size: number) => new Uint8Array(randomBytes(size));

async function fill(name: string, code = 'print("hello")\n'): Promise<void> {
  await title().fill(name);
  await page.getByRole('textbox', { name: 'Code' }).fill(code);
}

async function choose(...files: string[]): Promise<void> {
  await page.locator('input[type=file][multiple]').first().setInputFiles(files);
  await page.getByRole('button', { name: 'Upload', exact: true }).waitFor();
}

function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Ranges of files that were sent to the storage, also in requests that it did not accept. */
function sentRanges(): [from: number, to: number][] {
  const ranges = site.emulator.state.requests.map(({ headers }) =>
    /^bytes (\d+)-(\d+)/.exec(headers['content-range'] ?? ''),
  );
  return ranges.filter((range) => range !== null).map(([, from, to]) => [Number(from), Number(to) + 1]);
}

describe('the form', () => {
  test('is filled in and started with the keyboard; every problem has its field', async () => {
    await title().focus();
    await page.keyboard.type('Kurz');
    await page.keyboard.press('Enter');
    const summary = page.getByRole('alert').filter({ hasText: 'The run was not started' });
    await summary.waitFor();
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('summary');
    await expect.poll(() => title().getAttribute('aria-invalid')).toBe('true');
    await site.checkAccess();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await title().evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type('e Straße 2');
    await page.getByText('kurze-strasse-2').waitFor();
    // Title, type, language, template, file, code.
    for (let at = 0; at < 5; at++) await page.keyboard.press('Tab');
    await page.keyboard.type('if True:\nprint("from the keyboard")');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Edit as JSON');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByLabel('Name of parameter 1').fill('epochs');
    await page.getByLabel('Value of parameter 1').fill('[3');
    await page.getByText('expected JSON; check').waitFor();
    await page.getByLabel('Value of parameter 1').fill('3');
    // A reload loses nothing.
    await page.reload();
    expect(await title().inputValue()).toBe('Kurze Straße 2');
    expect(await page.getByLabel('Value of parameter 1').inputValue()).toBe('3');
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Code' }).innerText())
      .toBe('if True:\n    print("from the keyboard")');
    await startButton().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/#/run/alice/kurze-strasse-2/1');
    const [version] = versions();
    expect(version!.text).toContain('if True:\\n    print(\\"from the keyboard\\")');
    expect(version!.text).toContain('{\\"epochs\\":3}');
    await site.visit('#/new');
    expect(await title().inputValue()).toBe('');
  });

  test('loads an earlier run, and can restore the draft', async () => {
    await fill('An earlier run', 'print("earlier")');
    await page.getByLabel('Internet access').uncheck();
    await startButton().click();
    await page.waitForURL(/#\/run\/alice\/an-earlier-run\/1/);
    await site.visit('#/new');
    await fill('My draft');
    await page.goto('about:blank');
    await site.visit('#/new?from=alice/an-earlier-run/1');
    await page.getByText('Your draft was replaced').waitFor();
    expect(await title().inputValue()).toBe('An earlier run');
    expect(await page.getByLabel('Internet access').isChecked()).toBe(false);
    await expect.poll(() => page.getByRole('textbox', { name: 'Code' }).innerText()).toBe('print("earlier")');
    await page.reload();
    await page.getByRole('button', { name: 'Restore the draft' }).click();
    expect(await title().inputValue()).toBe('My draft');
  });

  test('takes a script that is dropped on the editor', async () => {
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['x = 41 + 1\n'], 'train.py'));
      return transfer;
    });
    await page.locator('.editor').dispatchEvent('drop', { dataTransfer: data });
    await expect.poll(() => page.getByRole('textbox', { name: 'Code' }).innerText()).toContain('x = 41 + 1');
    expect(await page.getByRole('button', { name: 'Upload', exact: true }).count()).toBe(0);
  });

  test('refuses a run whose quota is used up before anything is sent', async () => {
    const user = site.emulator.state.users[0]!;
    user.gpuSecondsLeft = 0;
    try {
      await page.reload();
      await fill('A GPU run');
      await page.getByLabel('Accelerator').selectOption('NvidiaTeslaT4');
      await page.getByText('The weekly GPU quota of 30 h is used up').waitFor();
      await startButton().click();
      await page.getByRole('alert').getByText('the GPU quota is used up').waitFor();
      expect(versions()).toEqual([]);
      // Neither is one that finds no free session, unless it is to wait for one.
      user.cpuSessions = 0;
      await page.getByLabel('Accelerator').selectOption('');
      await startButton().click();
      await page.getByRole('button', { name: 'Wait for a free session' }).click();
      await page.getByText('The run starts when one is free').waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await startButton().waitFor();
    } finally {
      user.gpuSecondsLeft = 108_000;
      user.cpuSessions = 5;
    }
  });
});

describe('one click starts one run', () => {
  test('although it was two, and the page was reloaded during the push', async () => {
    await fill('Only one of them');
    // The request arrives, its response never does.
    site.emulator.faults.add({ kind: 'stall', match: { method: 'SaveKernel' } });
    await startButton().dblclick();
    await expect.poll(() => versions().length).toBe(1);
    await page.reload();
    await page.waitForURL(/#\/run\/alice\/only-one-of-them\/1/);
    expect(versions()).toHaveLength(1);
  });

  test('although the network was gone', async () => {
    await fill('A run without network');
    await site.stop();
    await startButton().click();
    await page.getByText('The connection was lost while the run was being started').waitFor();
    expect(versions()).toEqual([]);
    await site.start();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.waitForURL(/#\/run\/alice\/a-run-without-network\/1/);
    expect(versions()).toHaveLength(1);
  });
});

describe('an upload', () => {
  test('continues after a lost network, in another tab and after a reload; it sends only what is missing', async () => {
    const part = 8 * 2 ** 20;
    const content = bytes(part + 100_000);
    const { faults, state } = site.emulator;
    state.requests.length = 0;
    // The storage takes 1000 bytes of the second part, and no more until the faults are cleared.
    faults.add({
      kind: 'stall',
      on: 'request',
      bytes: 1000,
      match: { puts: 'data' },
      after: 1,
      times: Number.POSITIVE_INFINITY,
    });
    await fill('A run with data');
    await choose(fileOf('points.bin', content));
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page
      .getByText(/8\.4 MB of 8\.5 MB/)
      .first()
      .waitFor();
    await expect.poll(() => faults.met).toBe(1);

    await site.context.setOffline(true);
    await page.getByText('Waiting for the network').first().waitFor();
    await site.checkAccess();
    await site.context.setOffline(false);
    await expect.poll(() => faults.met).toBe(2);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused, 1 file').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => faults.met).toBe(3);

    const other = await site.context.newPage();
    await other.goto(`${site.url}/#/new`);
    await other.getByText('Another tab is uploading').waitFor();
    await page.goto('about:blank');
    await expect.poll(() => faults.met).toBe(4);
    await other.close();

    await site.visit('#/quota');
    await page.getByRole('link', { name: /^Uploading 9\d %/ }).click();
    const interrupted = faults.met;
    faults.clear();
    await page.reload();
    await page.getByText('Ready: version 1').waitFor();
    const [version] = state.datasets.get('alice/points')!.versions;
    expect(Buffer.from(version!.files[0]!.data)).toEqual(Buffer.from(content));
    // The first part once; then each page continues where the storage was.
    const end = content.length;
    const rest = Array.from({ length: interrupted + 1 }, (_, at) => [part + 1000 * at, end]);
    expect(sentRanges()).toEqual([[0, part], ...rest]);
    await startButton().click();
    await page.waitForURL(/#\/run\/alice\/a-run-with-data\/1/);
    expect(versions()[0]!.request.datasetDataSources).toEqual(['alice/points/1']);
  });

  test('of a file that changed says which, and takes it again', async () => {
    const path = fileOf('changes.csv', 'a,b\n');
    site.emulator.faults.add({ kind: 'stall', match: { method: 'StartBlobUpload' } });
    await choose(path);
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect.poll(() => site.emulator.faults.met).toBe(1);
    writeFileSync(path, 'a,b\n1,2\n');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Changed since the upload began: changes.csv').waitFor();
    await page.getByRole('button', { name: 'Upload it as it was' }).waitFor();
    await site.checkAccess();
    await page.locator('.upload-note input[multiple]').setInputFiles(path);
    await page.getByRole('button', { name: 'Upload the changed file' }).click();
    await page.getByText('Ready: version 1').waitFor();
    const [version] = site.emulator.state.datasets.get('alice/changes')!.versions;
    expect(Buffer.from(version!.files[0]!.data).toString()).toBe('a,b\n1,2\n');
  });

  test('is sent without a copy when the disk is full, and says so', async () => {
    const other = await site.context.newPage();
    await other.addInitScript(() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        if (this.name === 'sets') throw new DOMException('full', 'QuotaExceededError');
        return put.call(this, value, key);
      };
    });
    await other.goto(`${site.url}/#/new`);
    site.emulator.faults.add({ kind: 'stall', match: { method: 'StartBlobUpload' } });
    await other.locator('input[type=file][multiple]').setInputFiles(fileOf('survey.csv', 'a,b\n'));
    await other.getByRole('button', { name: 'Upload', exact: true }).click();
    await other.getByText(/cannot continue after this page is closed: .*storage/).waitFor();
    const asked = other.waitForEvent('dialog');
    const left = other.close({ runBeforeUnload: true });
    expect((await asked).type()).toBe('beforeunload');
    await (await asked).dismiss();
    await left;
    await other.getByRole('button', { name: 'Pause' }).click();
    await other.getByRole('button', { name: 'Continue' }).click();
    await other.getByText('Ready: version 1').waitFor();
    await other.close();
  });

  test('that is being checked starts after a reload; without its files it says which to choose again', async () => {
    site.emulator.faults.add({ kind: 'stall', match: { method: 'IntrospectToken' }, times: Number.POSITIVE_INFINITY });
    await page.reload();
    await choose(fileOf('early\u202egnp.csv', 'a,b\n'));
    await page.getByText('early\\u202egnp.csv', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText('Checking, 1 file').waitFor();
    // Files that are added now become another upload.
    await choose(fileOf('late.csv', 'c,d\n'));
    await page.getByText('1 file, 4 B, not uploaded yet').waitFor();
    await page
      .getByRole('region', { name: /Upload late/ })
      .getByRole('button', { name: 'Remove', exact: true })
      .click();
    site.emulator.faults.clear();
    await page.reload();
    await page.getByText('Ready: version 1').waitFor();
    await page.getByRole('button', { name: 'Remove from the run' }).click();

    await choose(fileOf('evicted.csv', 'a,b\n'));
    await page.goto('about:blank');
    await site.visit('#/quota');
    await page.evaluate(async () => {
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase('kaggle-dashboard-files');
        request.onsuccess = resolve;
        request.onerror = reject;
      });
    });
    await site.visit('#/new');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText('Choose again: evicted.csv').waitFor();
    await page.locator('.upload-note input[multiple]').setInputFiles(join(folder, 'evicted.csv'));
    await page.getByText('Ready: version 1').waitFor();
  });

  test('with a name that Kaggle refuses is not begun', async () => {
    await choose(fileOf('con.csv', 'x'));
    await page.reload();
    await choose(fileOf('more.csv', 'x'), fileOf('last.csv', 'y'));
    await page.getByRole('button', { name: 'Remove last.csv' }).click();
    await page.getByText('2 files, 2 B, not uploaded yet').waitFor();
    await page.getByLabel('Dataset title').fill('abc');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page
      .getByText(/6 to 50 characters/)
      .first()
      .waitFor();
    await page.getByLabel('Dataset title').fill('My tables');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText('which Windows reserves').waitFor();
    expect(site.emulator.state.datasets.size).toBe(0);
  });
});

test('a session that expires during the push loses nothing', async () => {
  const { page, context, emulator, expectProblems } = await openDashboard({
    at: '#/new',
    app: { password },
    samples: false,
  });
  expectProblems(/Failed to load resource/);
  const signIn = async () => {
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Password').waitFor({ state: 'detached' });
  };
  await signIn();
  await page.getByLabel('Title', { exact: true }).fill('A long evening');
  await page.getByRole('textbox', { name: 'Code' }).fill('print(1)');
  await context.clearCookies();
  await page.getByRole('button', { name: 'Start run' }).click();
  await signIn();
  await page.waitForURL(/#\/run\/alice\/a-long-evening\/1/);
  expect([...emulator.state.kernels.values()].flatMap(({ versions }) => versions)).toHaveLength(1);
});
