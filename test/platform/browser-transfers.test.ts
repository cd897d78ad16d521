import { openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { pattern } from './check.ts';
import { growthMiB, type Page, startChromium } from './chromium.ts';
import type { Transfers } from './runners/page-transfers.ts';
import { scratchFolder } from './scratch.ts';
import { type StorageServer, startStorage } from './storage-server.ts';

const MiB = 2 ** 20;
const folder = scratchFolder();

let served: Page;
let storage: StorageServer;
let emulator: ServedEmulator;
beforeAll(async () => {
  served = await startChromium(join(import.meta.dirname, 'runners/page-transfers.ts'), folder);
  storage = await startStorage();
  const allowedOrigins = [new URL(served.url).origin];
  emulator = await serveEmulator({ executor: scriptedExecutor(async () => {}), lag: 0, processing: 0, allowedOrigins });
});
afterAll(async () => {
  await served?.close();
  storage?.close();
  await emulator?.close();
});

/** A new page. It stays open: in one process, as this Chromium is, closing a page may end all of it. */
async function openPage() {
  const page = await served.browser.newPage();
  await page.goto(served.url);
  await page.waitForFunction('globalThis.transfers');
  const call = <Name extends keyof Transfers>(name: Name, ...args: Parameters<Transfers[Name]>) =>
    page.evaluate(`transfers.${name}(...${JSON.stringify(args)})`) as Promise<Awaited<ReturnType<Transfers[Name]>>>;
  return { page, call };
}

test('a large file that the user chose is sent in parts that the browser reads, not the page', async () => {
  const path = join(folder, 'large.bin');
  const file = openSync(path, 'w');
  for (let at = 0; at < 256; at += 1) writeSync(file, Buffer.alloc(MiB, at), 0, MiB, at * MiB);
  truncateSync(path, 256 * MiB);
  const { page, call } = await openPage();
  await page.locator('input').setInputFiles(path);
  let sent: unknown;
  const growth = await growthMiB(async () => {
    sent = await call('sendChosen', storage.url);
  });
  expect(sent).toEqual({ size: 256 * MiB, verified: 'crc32c' });
  expect(storage.uploads.get('large.bin')?.size).toBe(256 * MiB);
  if (growth === undefined) return console.log('no /proc: memory is not measured');
  console.log(`the browser took ${growth.toFixed(0)} MiB more for an upload of 256 MiB`);
  expect(growth).toBeLessThan(230);
});

test('downloads into the file system of the page and into a stream take little memory', async () => {
  const { call } = await openPage();
  const size = 256 * MiB;
  let saved: unknown;
  const saving = await growthMiB(async () => {
    saved = await call('save', storage.url, size);
  });
  expect(saved).toEqual({ verified: 'crc32c', size });
  let piped: unknown;
  const piping = await growthMiB(async () => {
    piped = await call('pipe', storage.url, size);
  });
  expect(piped).toEqual({ verified: 'crc32c', crc32c: storage.hashOf(size), closed: true });
  if (saving === undefined || piping === undefined) return console.log('no /proc: memory is not measured');
  console.log(
    `the browser took ${saving.toFixed(0)} MiB more to save ${size / MiB} MiB, ${piping.toFixed(0)} MiB to pipe them`,
  );
  expect(Math.max(saving, piping)).toBeLessThan(300);
});

test('where the storage shows its headers to nobody, transfers work and are checked by their length', async () => {
  const { page, call } = await openPage();
  storage.exposed = '';
  expect(await call('pipe', storage.url, 3 * MiB)).toMatchObject({ verified: 'length', closed: true });
  await page.locator('input').setInputFiles({ name: 'x.bin', mimeType: '', buffer: Buffer.alloc(3 * MiB) });
  expect(await call('sendChosen', storage.url)).toEqual({ size: 3 * MiB, verified: 'length' });
  storage.exposed = 'range, content-range, x-goog-hash';
});

test('an upload resumes after the page was reloaded', async () => {
  const { page, call } = await openPage();
  await call('fill', { 'a.bin': 3, 'b.bin': 2, 'c.bin': 24 });
  const { requests } = emulator.emulator.state;
  const since = () => {
    const seen = requests.splice(0);
    const begun = seen
      .filter(({ rpc }) => rpc === 'StartBlobUpload')
      .map(({ body }) => (body as { name: string }).name);
    const sent = seen.filter(({ method }) => method === 'PUT').map(({ headers }) => Number(headers['content-length']));
    return { begun, sent: sent.reduce((sum, bytes) => sum + bytes, 0) };
  };
  // The second part of the large file gets stuck on its way: then the user reloads.
  emulator.emulator.faults.add({ kind: 'stall', on: 'request', bytes: MiB, match: { puts: 'data' }, after: 3 });
  call('send', emulator.url).catch(() => undefined);
  await expect.poll(() => emulator.emulator.faults.met).toBe(1);
  await page.reload();
  await page.waitForFunction('globalThis.transfers');
  expect(since().begun).toEqual(['a.bin', 'b.bin', 'c.bin']);

  expect(await call('send', emulator.url)).toBe(1);
  const second = since();
  expect(second.begun).toEqual([]);
  expect(second.sent).toBeGreaterThan(0);
  expect(second.sent).toBeLessThanOrEqual(16 * MiB);
  const made = emulator.emulator.state.datasets.get('alice/from-a-page')?.versions.at(-1)?.files ?? [];
  expect(made.map(({ name, data }) => [name, data.length / MiB])).toEqual([
    ['a.bin', 3],
    ['b.bin', 2],
    ['c.bin', 24],
  ]);
  for (const { name, data } of made) expect(Buffer.compare(data, pattern(data.length)), name).toBe(0);
});
