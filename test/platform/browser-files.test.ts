import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page as BrowserPage } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { pattern } from './check.ts';
import { type Page, startChromium } from './chromium.ts';
import type { KaggleInPage } from './runners/page-storage.ts';
import { scratchFolder } from './scratch.ts';

declare const kaggle: KaggleInPage;

const folder = scratchFolder();
const MiB = 2 ** 20;

let served: Page;
let emulator: ServedEmulator;
beforeAll(async () => {
  // Each page has a process, which a test can end.
  served = await startChromium(join(import.meta.dirname, 'runners/page-storage.ts'), folder, ['--single-process']);
  const allowedOrigins = [new URL(served.url).origin];
  emulator = await serveEmulator({ executor: scriptedExecutor(async () => {}), lag: 0, processing: 0, allowedOrigins });
});
afterAll(async () => {
  await served?.close();
  await emulator?.close();
});

async function openPage(path = ''): Promise<BrowserPage> {
  const page = await served.browser.newPage();
  await page.goto(served.url + path);
  await page.waitForFunction('globalThis.kaggle');
  return page;
}

/** Drops files and folders of the disk into the page, which keeps the result of `droppedFiles` as `globalThis.dropped`. */
async function drop(page: BrowserPage, files: readonly string[]): Promise<void> {
  await page.evaluate(() => {
    document.body.style.height = '100vh';
    document.addEventListener('dragover', (event) => event.preventDefault());
    const dropped = new Promise((resolve, reject) => {
      document.addEventListener('drop', (event) => {
        event.preventDefault();
        kaggle.droppedFiles(event.dataTransfer!).then(resolve, reject);
      });
    });
    Object.assign(globalThis, { dropped });
  });
  const session = await served.browser.newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
  await session.detach();
}

/** The files that were dropped, with their content. */
const inDrop = (page: BrowserPage) =>
  page.evaluate(async () => {
    const files = await (globalThis as unknown as { dropped: ReturnType<KaggleInPage['droppedFiles']> }).dropped;
    return Promise.all(files.map(async ({ name, data }) => [name, await data.text()]));
  });

test('a drop of files and folders gives all files with their paths, with handles or without', async () => {
  mkdirSync(join(folder, 'points/deep/er'), { recursive: true });
  writeFileSync(join(folder, 'points/b.csv'), 'b');
  writeFileSync(join(folder, 'points/deep/er/a.csv'), 'aa');
  for (let index = 100; index < 250; index += 1) writeFileSync(join(folder, `points/deep/${index}.txt`), '');
  writeFileSync(join(folder, 'single.txt'), 'one');
  const many = Array.from({ length: 150 }, (_, index) => [`points/deep/${index + 100}.txt`, '']);
  const expected = [['points/b.csv', 'b'], ...many, ['points/deep/er/a.csv', 'aa'], ['single.txt', 'one']];
  const page = await openPage();
  await drop(page, [join(folder, 'single.txt'), join(folder, 'points')]);
  expect(await inDrop(page)).toEqual(expected);

  const other = await openPage();
  // As in Firefox and Safari.
  await other.evaluate(() => Reflect.deleteProperty(DataTransferItem.prototype, 'getAsFileSystemHandle'));
  await drop(other, [join(folder, 'single.txt'), join(folder, 'points')]);
  expect(await inDrop(other)).toEqual(expected);

  const third = await openPage();
  await third.evaluate(() => document.querySelector('input')!.toggleAttribute('webkitdirectory'));
  await third.locator('input').setInputFiles(join(folder, 'points'));
  const names = await third.evaluate(async () => {
    const files = await kaggle.droppedFiles(document.querySelector('input')!.files!);
    return files.map(({ name }) => name);
  });
  expect(names).toEqual(expected.slice(0, -1).map(([name]) => name));
});

/** Uploads the saved files as a dataset; saves those of the field before, if there are none. */
const uploadSaved = (page: BrowserPage) =>
  page.evaluate(async (endpoint) => {
    const saved = kaggle.savedFiles();
    const [set] = await saved.list();
    if (!set) await saved.save('points', await kaggle.droppedFiles(document.querySelector('input')!.files!));
    const platform = kaggle.browserPlatform({ state: kaggle.indexedDbState() });
    const client = kaggle.createClient({ endpoint, token: 'KGAT_test', platform });
    const files = (await saved.load('points'))!;
    const dataset = { owner: 'alice', slug: 'from-a-page', title: 'From a page', notes: 'by a page', files };
    const { versionNumber } = await kaggle.createOrVersion(client, dataset, { concurrency: 1, resume: true });
    await saved.remove('points');
    return { before: set, versionNumber, after: await saved.list() };
  }, emulator.url);

test('an upload resumes by itself after a crash of the page', { timeout: 60_000 }, async () => {
  const { requests, datasets } = emulator.emulator.state;
  const since = () => {
    const seen = requests.splice(0);
    const sent = seen.filter(({ method }) => method === 'PUT').map(({ headers }) => Number(headers['content-length']));
    return {
      begun: seen.filter(({ rpc }) => rpc === 'StartBlobUpload').length,
      sent: sent.reduce((sum, bytes) => sum + bytes, 0),
    };
  };
  mkdirSync(join(folder, 'chosen/deep'), { recursive: true });
  const contents = { 'chosen/deep/large.bin': pattern(24 * MiB), 'chosen/small.txt': pattern(10) };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  const page = await openPage();
  await page.evaluate(() => document.querySelector('input')!.toggleAttribute('webkitdirectory'));
  await page.locator('input').setInputFiles(join(folder, 'chosen'));
  emulator.emulator.faults.add({ kind: 'stall', on: 'request', bytes: MiB, match: { puts: 'data' }, after: 1 });
  uploadSaved(page).catch(() => undefined);
  await expect.poll(() => emulator.emulator.faults.met, { timeout: 20_000 }).toBe(1);
  await crash(page);
  rmSync(join(folder, 'chosen'), { recursive: true });
  expect(since().begun).toBe(1);

  const { before, versionNumber, after } = await uploadSaved(await openPage());
  expect(before).toMatchObject({ size: 24 * MiB + 10, needsPermission: false });
  expect(before?.files.map(({ name }) => name)).toEqual(Object.keys(contents));
  expect({ versionNumber, after }).toEqual({ versionNumber: 1, after: [] });
  const second = since();
  // The small file, and what is missing of the large one.
  expect(second.begun).toBe(1);
  expect(second.sent).toBeGreaterThan(10);
  expect(second.sent).toBeLessThanOrEqual(16 * MiB + 10);
  const made = datasets.get('alice/from-a-page')?.versions.at(-1)?.files ?? [];
  expect(made.map(({ name }) => name).sort()).toEqual(Object.keys(contents));
  for (const { name, data } of made)
    expect(Buffer.compare(data, contents[name as keyof typeof contents]), name).toBe(0);
});

/** Ends the process of a page, as a crash does. */
async function crash(page: BrowserPage): Promise<void> {
  const session = await served.browser.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

test('saved handles: permission is asked for again, changes are reported, missing files are errors', async () => {
  const page = await openPage();
  await drop(page, [join(folder, 'points')]);
  await inDrop(page);
  const results = await page.evaluate(async () => {
    const message = (error: Error) => `${error.name}: ${error.message}`;
    const saved = kaggle.savedFiles();
    await saved.save('dropped', await (globalThis as unknown as { dropped: never }).dropped);
    const [set] = await saved.list();
    const denied = await saved.load('dropped').catch(message);
    await saved.remove('dropped');

    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true });
    const write = async (name: string, text: string) => {
      const sink = await kaggle.directoryFolder(folder).sink(name);
      await sink.write(new TextEncoder().encode(text), 0);
      await sink.commit();
    };
    await write('a.txt', 'a');
    await write('b.txt', 'b');
    await saved.save('both', await kaggle.directorySources(folder));
    // As in a page that was opened again.
    const states: PermissionState[] = ['prompt', 'granted'];
    const asked: string[] = [];
    Object.assign(FileSystemHandle.prototype, {
      queryPermission: async () => states[0],
      async requestPermission(this: FileSystemHandle) {
        asked.push(this.name);
        return states.pop();
      },
    });
    const [both] = await saved.list();
    await write('b.txt', 'changed');
    const loaded = (await saved.load('both'))!;
    const contents = await Promise.all(loaded.map(async ({ data, changed }) => [await data.text(), changed]));
    await folder.removeEntry('a.txt');
    states.splice(0, 2, 'granted');
    const missing = await saved.load('both').catch(message);
    await saved.remove('both');
    return { set, denied, both, asked, contents, missing, none: await saved.load('both') };
  });
  expect(results).toMatchObject({
    set: { id: 'dropped', needsPermission: true },
    denied: 'TransferError: cannot read "points": permission denied; allow it, or choose the file again',
    both: { needsPermission: true },
    asked: ['chosen'],
    contents: [
      ['a', undefined],
      ['changed', true],
    ],
    missing: 'TransferError: cannot read "a.txt": no such file',
    none: undefined,
  });
});

/** Saves a file of 5 MiB; resolves to the message of the error. */
const save = (page: BrowserPage) =>
  page.evaluate(async () => {
    const saving = kaggle.savedFiles('full').save('x', [new File([new Uint8Array(5 << 20)], 'a.bin')]);
    return saving.catch((error: Error) => `${error.name}: ${error.message}`);
  });

test('full storage is an error that says how much is needed, and what to do', async () => {
  const page = await served.browser.newPage();
  // Another origin: the browser remembers for a while how much space the first one had.
  await page.goto(served.url.replace('127.0.0.1', 'localhost'));
  await page.waitForFunction('globalThis.kaggle');
  const session = await served.browser.newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 3 * MiB });
  const what = 'cannot save to the database "full": the browser\'s storage for this site is full';
  const advice = 'delete data of this site or free disk space, then try again';
  expect(await save(page)).toMatch(
    RegExp(`^TransferError: ${what} \\(5\\.2 MB needed, [\\d.]+ \\w+ used\\); ${advice}$`),
  );
});

test('a blocked database is an error that says so, and a cleared one is created again', async () => {
  const page = await openPage();
  const session = await served.browser.newCDPSession(page);
  const { origin } = new URL(served.url);
  const state = async (target: BrowserPage) => {
    await target.evaluate(() => Object.assign(globalThis, { state: kaggle.indexedDbState('cleared') }));
    return () =>
      target.evaluate(async () => {
        const { state } = globalThis as unknown as { state: ReturnType<KaggleInPage['indexedDbState']> };
        const before = await state.get('a').catch((error: Error) => `${error.name}: ${error.message}`);
        if (before === undefined) await state.set('a', 1);
        return before;
      });
  };
  const use = await state(page);
  expect([await use(), await use()]).toEqual([undefined, 1]);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  await expect.poll(use).toBeUndefined();

  // As in a frame without storage of its own.
  const blocked = await served.browser.newPage();
  await blocked.route(served.url, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { 'content-security-policy': 'sandbox allow-scripts' } });
  });
  await blocked.goto(served.url);
  await blocked.waitForFunction('globalThis.kaggle');
  const message = 'the browser blocks storage for this page; allow site data in its settings';
  expect(await save(blocked)).toBe(`TransferError: cannot open the database "full": ${message}`);
  expect(await (await state(blocked))()).toBe(`TransferError: cannot open the database "cleared": ${message}`);
});
