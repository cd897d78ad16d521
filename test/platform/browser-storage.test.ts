import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page as BrowserPage } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { crc32c } from '../../src/core/hash/crc32c.ts';
import { createClient } from '../../src/node.ts';
import { createProxy, runJobs } from '../../src/proxy/index.ts';
import { nodeHandler } from '../../src/proxy/node.ts';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { pattern } from './check.ts';
import { type Page, startChromium } from './chromium.ts';
import { inFirefox } from './firefox.ts';
import type { KaggleInPage } from './runners/page-storage.ts';
import { scratchFolder } from './scratch.ts';
import { type StorageServer, startStorage } from './storage-server.ts';

declare const kaggle: KaggleInPage;

const folder = scratchFolder();
const MiB = 2 ** 20;

let served: Page;
let emulator: ServedEmulator;
let storage: StorageServer;
let handler: ReturnType<typeof nodeHandler>;
beforeAll(async () => {
  // Each page has a process, which a test can end.
  served = await startChromium(join(import.meta.dirname, 'runners/page-storage.ts'), folder, {
    without: ['--single-process'],
    proxy: (request, response) => void handler(request, response),
    scripts: { '/worker.js': join(import.meta.dirname, '../../src/browser-worker.ts') },
  });
  storage = await startStorage();
  // As with Kaggle, another origin than the API.
  storage.objects = storage.url.replace('127.0.0.1', 'localhost');
  storage.exposed += ', etag, accept-ranges';
  const allowedOrigins = [new URL(served.url).origin];
  const executor = scriptedExecutor((job) => {
    job.onOutput('stdout', 'hello\n');
    return { files: [{ name: 'model.bin', data: new Uint8Array(pattern(2 * MiB)) }] };
  });
  emulator = await serveEmulator({ executor, lag: 0, processing: 0, allowedOrigins });
  const client = createClient({ endpoint: emulator.url, token: 'KGAT_test' });
  handler = nodeHandler(createProxy({ client, allow: runJobs, authorize: () => true }));
});
afterAll(async () => {
  await served?.close();
  await emulator?.close();
  storage?.close();
});

async function openPage(host = '127.0.0.1'): Promise<BrowserPage> {
  const page = await served.browser.newPage();
  await page.goto(served.url.replace('127.0.0.1', host));
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
    const client = kaggle.createClient({ endpoint, token: 'KGAT_test', dangerouslyAllowBrowser: true, platform });
    const files = (await saved.load('points'))!;
    const dataset = { owner: 'alice', slug: 'from-a-page', title: 'From a page', notes: 'by a page', files };
    const { versionNumber } = await kaggle.createOrVersion(client, dataset, { concurrency: 1, resume: true });
    await saved.remove('points');
    return { before: set, versionNumber, after: await saved.list() };
  }, emulator.url);

test('an upload resumes by itself after a crash of the page', async () => {
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
  await expect.poll(() => emulator.emulator.faults.met).toBe(1);
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

/** Ends the process of a page, as a crash does. In Firefox, closes the page. */
async function crash(page: BrowserPage): Promise<void> {
  if (inFirefox) return page.close();
  const session = await served.browser.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

test('saved handles: permission is asked for again, changes are reported, missing files are errors', async () => {
  const page = await openPage();
  mkdirSync(join(folder, 'kept'), { recursive: true });
  writeFileSync(join(folder, 'kept/a.csv'), 'a');
  await drop(page, [join(folder, 'kept')]);
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
    // As in browsers that cannot store handles.
    const handle = { kind: 'file', toString: () => '' } as unknown as FileSystemFileHandle;
    await saved.save('copy', [{ name: 'deep/c.txt', data: new File(['c'], 'c.txt'), handle }]);
    const copies = await saved.load('copy');
    const copied = await Promise.all(copies!.map(async ({ name, data }) => [name, await data.text()]));
    await saved.remove('copy');
    return { copied, set, denied, both, asked, contents, missing, none: await saved.load('both') };
  });
  expect(results).toMatchObject({
    set: { id: 'dropped', needsPermission: true },
    denied: 'TransferError: cannot read "kept": permission denied; allow it, or choose the file again',
    both: { needsPermission: true },
    asked: ['chosen'],
    contents: [
      ['a', undefined],
      ['changed', true],
    ],
    missing: 'TransferError: cannot read "a.txt": no such file',
    none: undefined,
    copied: [['deep/c.txt', 'c']],
  });
});

/** Saves a file of 5 MiB; resolves to the message of the error. */
const save = (page: BrowserPage) =>
  page.evaluate(async () => {
    const saving = kaggle.savedFiles('full').save('x', [new File([new Uint8Array(5 << 20)], 'a.bin')]);
    return saving.catch((error: Error) => `${error.name}: ${error.message}`);
  });

test('full storage is an error that says how much is needed, and what to do', async () => {
  // Another origin: the browser remembers for a while how much space the first one had.
  const page = await openPage('localhost');
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
  served.csp = 'sandbox allow-scripts';
  const blocked = await openPage();
  served.csp = undefined;
  const message = 'the browser blocks storage for this page; allow site data in its settings';
  expect(await save(blocked)).toBe(`TransferError: cannot open the database "full": ${message}`);
  expect(await (await state(blocked))()).toBe(`TransferError: cannot open the database "cleared": ${message}`);
});

/** Downloads the object of `size` bytes into OPFS, with a worker, and says how the file came out. */
const downloadTo = (page: BrowserPage, size: number, address = '/worker.js') =>
  page.evaluate(
    async ({ endpoint, size, address }) => {
      const stopping = new AbortController();
      Object.assign(globalThis, { stop: () => stopping.abort(new Error('stopped')) });
      const worker = kaggle.transferWorker(() => new Worker(address, { type: 'module' }));
      const fs = kaggle.opfs('downloads', { worker });
      const platform = kaggle.browserPlatform({ worker, fs });
      const client = kaggle.createClient({ endpoint, token: 'KGAT_test', dangerouslyAllowBrowser: true, platform });
      const request = { owner: 'any', slug: 'set', version: 1, file: String(size) };
      try {
        const [file] = await kaggle.download(client, request, '.', { signal: stopping.signal });
        const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('downloads');
        const data = await (await (await root.getFileHandle(String(size))).getFile()).arrayBuffer();
        const names: string[] = [];
        for await (const name of root.keys()) if (name.startsWith(String(size))) names.push(name);
        const entries: string[] = [];
        for await (const { path } of fs.walk('.')) if (path.startsWith(String(size))) entries.push(path);
        return { verified: file!.verified, crc: kaggle.crc32c(new Uint8Array(data)), names: names.sort(), entries };
      } catch (error) {
        return { error: `${(error as Error).name}: ${(error as Error).message}` };
      }
    },
    { endpoint: storage.url, size, address },
  );

/** Bytes of the unfinished file that its newest note calls valid. */
const notedBytes = (page: BrowserPage, size: number) =>
  page.evaluate(async (size) => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('downloads');
    const part = await root.getDirectoryHandle(`${size}.part`);
    let most = 0;
    for (const name of ['kaggle-ts.note0', 'kaggle-ts.note1']) {
      const text = await (await (await part.getFileHandle(name)).getFile()).slice(4).text();
      const ranges = text === '' ? [] : (JSON.parse(text).note.ranges as [number, number][]);
      most = Math.max(
        most,
        ranges.reduce((sum, [start, end]) => sum + end - start, 0),
      );
    }
    return most;
  }, size);

const whole = (size: number) => ({
  verified: 'crc32c',
  crc: storage.crcOf(size),
  names: [String(size)],
  entries: [String(size)],
});

test('a download resumes after a crash and after a reload, with the missing bytes only', async () => {
  const size = 24 * MiB;
  let page = await openPage();
  const reload = (page: BrowserPage) => page.reload();
  for (const [to, end] of [
    [9, crash],
    [17, reload],
  ] as const) {
    storage.slowFrom = to * MiB;
    downloadTo(page, size).catch(() => undefined);
    await expect.poll(() => notedBytes(page, size).catch(() => 0)).toBeGreaterThanOrEqual(to * MiB);
    await end(page);
    page = await openPage();
  }
  storage.reset();
  storage.slowFrom = undefined;
  expect(await downloadTo(page, size)).toEqual(whole(size));
  expect(storage.downloaded).toBeGreaterThan(0);
  expect(storage.downloaded).toBeLessThanOrEqual(size - 17 * MiB);
});

test('a download starts over if the object changed, and replaces the older file', async () => {
  const size = 10 * MiB;
  const page = await openPage();
  expect(await downloadTo(page, size)).toEqual(whole(size));
  storage.version = 2;
  storage.slowFrom = 6 * MiB;
  const stopped = downloadTo(page, size);
  await expect.poll(() => notedBytes(page, size).catch(() => 0)).toBeGreaterThanOrEqual(6 * MiB);
  await page.evaluate('stop()');
  expect(await stopped).toEqual({ error: 'Error: stopped' });
  storage.slowFrom = undefined;
  storage.version = 3;
  expect(await downloadTo(page, size)).toEqual(whole(size));
  storage.version = 1;
});

test('two tabs that download the same file do not disturb each other', async () => {
  const size = 11 * MiB;
  const [one, two] = [await openPage(), await openPage()];
  storage.slowFrom = 6 * MiB;
  const first = downloadTo(one, size);
  await expect.poll(() => notedBytes(one, size).catch(() => 0)).toBeGreaterThanOrEqual(6 * MiB);
  storage.slowFrom = undefined;
  const { names, ...file } = whole(size);
  expect(await downloadTo(two, size)).toEqual({ ...file, names: [...names, `${size}.part`] });
  expect(await first).toEqual(whole(size));
});

test('a download into full storage says so, and resumes when there is space', async () => {
  const size = 12 * MiB;
  const page = await openPage('localhost');
  const session = await served.browser.newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 8 * MiB });
  const advice = 'delete data of this site or free disk space, then try again';
  const full = {
    error: expect.stringMatching(
      RegExp(`^TransferError: cannot write "${size}": the .* is full \\([\\d.]+ \\w+ needed, .*\\); ${advice}$`),
    ),
  };
  expect(await downloadTo(page, size)).toEqual(full);
  const kept = await notedBytes(page, size);
  expect(kept).toBeGreaterThan(0);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  storage.reset();
  expect(await downloadTo(page, size)).toEqual(whole(size));
  expect(storage.downloaded).toBe(size - kept);
});

test('where only a worker can write files, it writes all of them', async () => {
  const page = await openPage();
  // As in Safari before version 26, which cannot send handles either.
  await page.evaluate(() => {
    Reflect.deleteProperty(FileSystemFileHandle.prototype, 'createWritable');
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest: [never]) {
      const values: unknown[] = Object.values(message.input);
      if (values.some((value) => value instanceof FileSystemHandle)) throw new DOMException('', 'DataCloneError');
      return postMessage.call(this, message, ...rest);
    };
  });
  for (const size of [5000, 3.5 * MiB]) expect(await downloadTo(page, size)).toEqual(whole(size));
  const written = await page.evaluate(async () => {
    const worker = kaggle.transferWorker(() => new Worker('/worker.js', { type: 'module' }));
    const fs = kaggle.opfs('written', { worker });
    const sink = await fs.sink('a/b.txt');
    await sink.write(new TextEncoder().encode('hello'), 0);
    await sink.commit();
    const empty = await fs.sink('a/empty.txt');
    await empty.commit();
    const here = kaggle.opfs('written').sink('c.txt');
    const message = await here.catch((error: Error) => error.message);
    return [await fs.readText('a/b.txt'), await fs.readText('a/empty.txt'), message];
  });
  const advice = 'this browser writes files only in a worker; pass opfs(path, { worker })';
  expect(written).toEqual(['hello', '', `cannot write "c.txt": ${advice}`]);
});

test('without a usable worker, transfers use the page', async () => {
  const size = 3 * MiB;
  const page = await openPage();
  const warnings: string[] = [];
  page.on('console', (message) => void (message.type() === 'warning' && warnings.push(message.text())));
  expect(await downloadTo(page, size, '/nothing.js')).toEqual(whole(size));
  expect(warnings).toEqual([
    'the worker of kaggle-ts failed: its file cannot be loaded; check its address, and worker-src of the CSP; transfers use the main thread',
  ]);
});

test('checksums of uploads and downloads are computed in the worker', async () => {
  const size = 5 * MiB;
  const page = await openPage();
  await page.evaluate(() => {
    const hashed: number[] = [];
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest: [never]) {
      const { data, algorithm } = message.input;
      if (algorithm === 'crc32c') hashed.push(data.size ?? data.length);
      return postMessage.call(this, message, ...rest);
    };
    Object.assign(globalThis, { hashed });
  });
  const hashed = () => page.evaluate('hashed.splice(0).reduce((sum, size) => sum + size, 0)');
  expect(await downloadTo(page, size)).toEqual(whole(size));
  expect(await hashed()).toBe(size);
  writeFileSync(join(folder, 'x.bin'), pattern(20 * MiB));
  await page.locator('input').setInputFiles(join(folder, 'x.bin'));
  const uploaded = await page.evaluate(async (endpoint) => {
    const worker = kaggle.transferWorker(() => new Worker('/worker.js', { type: 'module' }));
    const platform = kaggle.browserPlatform({ worker });
    const client = kaggle.createClient({ endpoint, token: 'KGAT_test', dangerouslyAllowBrowser: true, platform });
    return kaggle.uploadFile(client, document.querySelector('input')!.files![0]!);
  }, storage.url);
  expect(uploaded).toMatchObject({ size: 20 * MiB, verified: 'crc32c' });
  expect(await hashed()).toBe(20 * MiB);
});

/** Opens a page under a CSP; what violates it is in `violations`, also in workers, which report on the console. */
async function openUnder(csp: string): Promise<{ page: BrowserPage; violations: string[] }> {
  served.csp = csp;
  const page = await served.browser.newPage();
  const violations: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && violations.push(message.text())));
  await page.exposeFunction('violated', (what: string) => violations.push(what));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      (globalThis as unknown as { violated(what: string): void }).violated(`${effectiveDirective} ${blockedURI}`);
    });
  });
  await page.goto(served.url);
  await page.waitForFunction('globalThis.kaggle', undefined, { polling: 50 });
  return { page, violations };
}

/** Uploads bytes without a worker; resolves to how they were verified, and how many WebAssembly modules were compiled. */
const uploadHere = (page: BrowserPage, webAssembly?: boolean) =>
  page.evaluate(
    async ({ endpoint, webAssembly }) => {
      let modules = 0;
      WebAssembly.Module = new Proxy(WebAssembly.Module, {
        construct: (target, args) => {
          modules += 1;
          return Reflect.construct(target, args);
        },
      });
      const platform = kaggle.browserPlatform({ webAssembly, state: kaggle.indexedDbState('csp') });
      const client = kaggle.createClient({ endpoint, token: 'KGAT_test', dangerouslyAllowBrowser: true, platform });
      const { verified } = await kaggle.uploadFile(client, new File([new Uint8Array(1 << 20)], 'x.bin'));
      return { verified, modules };
    },
    { endpoint: storage.url, webAssembly },
  );

test('a strict CSP is not violated, and WebAssembly is compiled only if the page says that it may', async () => {
  const connect = `connect-src ${storage.url} ${storage.objects}`;
  const strict = `default-src 'none'; script-src 'self'; worker-src 'self'; ${connect}`;
  const { page, violations } = await openUnder(strict);
  const size = 4 * MiB;
  expect(await downloadTo(page, size)).toEqual(whole(size));
  expect(await uploadHere(page)).toEqual({ verified: 'crc32c', modules: 0 });
  expect(violations).toEqual([]);

  const relaxed = await openUnder(strict.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"));
  expect(await uploadHere(relaxed.page, true)).toEqual({ verified: 'crc32c', modules: 1 });
  expect(relaxed.violations).toEqual([]);

  // Said wrongly: a report, but no failure.
  const wrong = await openUnder(strict);
  expect(await uploadHere(wrong.page, true)).toEqual({ verified: 'crc32c', modules: 1 });
  expect(wrong.violations).toEqual([expect.stringContaining('wasm')]);
  served.csp = undefined;
});

/** An origin that serves the files of dist to every page, as a CDN does. */
async function startCdn() {
  const text = readFileSync(join(import.meta.dirname, '../../dist/cdn.js'));
  const server = createServer(({ url }, response) => {
    response.writeHead(url === '/cdn.js' ? 200 : 404, {
      'content-type': 'text/javascript',
      'access-control-allow-origin': '*',
    });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cdn.js`;
  return { url, integrity: `sha384-${createHash('sha384').update(text).digest('base64')}` };
}

/** A page that loads the package from another origin, and whose script runs a whole job by the proxy. */
async function openWithTag(cdn: string, integrity: string) {
  const app = `
    import { browserPlatform, createClient, datasets, isKaggleError, kernels, opfs } from '${cdn}';
    const platform = browserPlatform({ fs: opfs('from-cdn') });
    const client = createClient({ endpoint: '/kaggle', credential: 'proxy', platform });
    async function job() {
      const files = [{ name: 'points.csv', data: 'x,y\\n1,2\\n' }];
      const data = await datasets.createOrVersion(client, { owner: 'alice', slug: 'from-cdn', title: 'From a CDN', files });
      await data.ready();
      const push = { slug: 'alice/from-cdn', newTitle: 'From CDN', text: 'print(1)', datasetDataSources: [data.ref] };
      const { status, log, files: [file] } = await kernels.run(client, { ...push, output: 'out' }, { signal: AbortSignal.timeout(20000) });
      return { status, log: log.map(({ data }) => data).join(''), file: [file.name, file.size, file.verified] };
    }
    globalThis.job = job().catch((error) => String(error.stack));
    document.title = 'started';`;
  const html = `<!doctype html>
    <script type="module" src="${cdn}" integrity="${integrity}" crossorigin="anonymous"></script>
    <script type="module" src="/app.js"></script>`;
  const page = await served.browser.newPage();
  const errors: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  page.on('pageerror', (error) => void errors.push(String(error)));
  served.files.set('/cdn', html).set('/app.js', app);
  served.csp = `default-src 'none'; script-src 'self' ${new URL(cdn).origin}; connect-src 'self'`;
  await page.goto(`${served.url}cdn`);
  served.csp = undefined;
  return { page, errors };
}

test('the file for a script tag runs a whole job from another origin, with its checksum and a strict CSP', async () => {
  const cdn = await startCdn();
  const { page, errors } = await openWithTag(cdn.url, cdn.integrity);
  await expect.poll(() => page.title()).toBe('started');
  expect(await page.evaluate('job')).toEqual({
    status: 'COMPLETE',
    log: 'hello\n',
    file: ['model.bin', 2 * MiB, 'crc32c'],
  });
  // The new dataset was looked for.
  expect(errors.filter((text) => !text.includes('404'))).toEqual([]);

  const wrong = await openWithTag(cdn.url, `sha384-${'A'.repeat(64)}`);
  await expect.poll(() => wrong.errors.join()).toContain('integrity');
  expect(await wrong.page.title()).toBe('');
});

test('Vite finds the worker of the package, which computes checksums', async () => {
  const root = join(folder, 'vite');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  symlinkSync(join(import.meta.dirname, '../..'), join(root, 'node_modules/kaggle-ts'));
  writeFileSync(join(root, 'index.html'), '<!doctype html><script type="module" src="/main.js"></script>');
  writeFileSync(
    join(root, 'main.js'),
    `import { transferWorker } from 'kaggle-ts/browser';
    const workers = [
      () => new Worker(new URL('kaggle-ts/browser/worker', import.meta.url), { type: 'module' }),
      () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
    ];
    const onError = (error) => { throw error; };
    globalThis.hash = (size) => Promise.all(workers.map(async (create) => {
      const hasher = transferWorker(create, { onError }).hasher('crc32c');
      await hasher.update(new Uint8Array(size));
      return [...(await hasher.digest())];
    }));`,
  );
  writeFileSync(join(root, 'worker.js'), "import 'kaggle-ts/browser/worker';");
  const built = await build({ root, logLevel: 'error', base: '/vite/' });
  if (!('output' in built)) throw new Error('Vite returned no output');
  for (const file of built.output) {
    const text = file.type === 'chunk' ? file.code : String(file.source);
    served.files.set(`/vite/${file.fileName === 'index.html' ? '' : file.fileName}`, text);
  }
  served.csp = "default-src 'none'; script-src 'self'; worker-src 'self'";
  const page = await served.browser.newPage();
  await page.goto(`${served.url}vite/`);
  served.csp = undefined;
  const size = 100_000;
  await expect.poll(() => page.evaluate('typeof hash')).toBe('function');
  const digest = [...new Uint8Array(new Uint32Array([crc32c(new Uint8Array(size))]).buffer).reverse()];
  expect(await page.evaluate(`hash(${size})`)).toEqual([digest, digest]);
  const workers = page.workers().map((worker) => new URL(worker.url()).pathname);
  expect(workers.sort()).toEqual([
    expect.stringMatching(/^\/vite\/assets\/browser-worker-.*\.js$/),
    expect.stringMatching(/^\/vite\/assets\/worker-.*\.js$/),
  ]);
});
