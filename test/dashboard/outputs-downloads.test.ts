import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BlobReader, ZipReader } from '@zip.js/zip.js';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openDashboard, type Site } from './site.ts';

/** Less than two parts: one connection. */
const size = 8_000_000;
/** Bytes that arrive before the connection stalls or breaks. */
const arrived = 5 * 2 ** 20;
const files = { 'model.bin': randomBytes(size), 'small.csv': Buffer.from('a,b\n1,2\n') };

let site: Site;
let page: Page;
afterAll(() => site?.close());
beforeEach(async () => {
  if (!site) {
    const kernel = { owner: 'alice', title: 'Weights', text: 'pass' };
    const kernels = [
      { ...kernel, slug: 'weights', output: files },
      { ...kernel, slug: 'cases', output: { 'small.csv': 'a', 'other.csv': 'b' } },
    ];
    site = await openDashboard({ shared: true, samples: false, emulator: { fixtures: { kernels } } });
    // Fixtures are added with the first request, and refuse such names.
    await site.client.whoAmI();
    const [version] = site.emulator.state.kernels.get('alice/cases')!.versions;
    version!.files.find(({ name }) => name === 'other.csv')!.name = 'Small.csv';
    site.expectProblems(/Failed to load resource/);
    page = site.page;
    // As in Firefox and Safari, files go to the downloads; the dialog of the picker cannot be driven.
    await site.context.addInitScript(
      "if (location.protocol === 'http:' && !sessionStorage.picker) window.showDirectoryPicker = undefined",
    );
  }
  site.emulator.faults.clear();
  if (page.url() !== 'about:blank') await page.evaluate(() => sessionStorage.clear());
  await page.goto('about:blank');
  await site.visit('#/run/alice/weights/1');
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry('kaggle', { recursive: true }).catch(() => undefined);
  });
  site.emulator.state.requests.length = 0;
});

/** First bytes of what was requested of the file, in order. */
function starts(name: string): number[] {
  const requests = site.emulator.state.requests.filter(
    ({ path }) => path.startsWith('/kf/') && path.endsWith(`/${name}`),
  );
  return requests.map(({ headers }) => Number(/^bytes=(\d+)-/.exec(headers.range ?? 'bytes=0-')![1]));
}

const stall = () =>
  site.emulator.faults.add({
    kind: 'stall',
    bytes: arrived,
    match: { path: /model\.bin/ },
    times: Number.POSITIVE_INFINITY,
  });

async function interrupted(button: string): Promise<void> {
  stall();
  await page.getByRole('button', { name: button }).click();
  await page.getByText(/^[45]\.\d MB of 8/).waitFor();
}

/** How many bytes of an unfinished download the page could resume with. */
const recorded = () =>
  page.evaluate(async () => {
    let most = 0;
    async function look(folder: FileSystemDirectoryHandle): Promise<void> {
      for await (const entry of folder.values()) {
        if (entry.kind === 'directory') await look(entry);
        else if (entry.name.startsWith('kaggle-ts.note')) {
          const text = await (await entry.getFile()).slice(4).text();
          const ranges = text === '' ? [] : (JSON.parse(text).note.ranges as [number, number][]);
          most = Math.max(most, ...ranges.map(([start, end]) => end - start));
        }
      }
    }
    await look(await navigator.storage.getDirectory());
    return most;
  });

async function expectContent(download: Download): Promise<void> {
  expect(download.suggestedFilename()).toBe('model.bin');
  expect(Buffer.compare(await readFile(await download.path()), files['model.bin'])).toBe(0);
}

test('a download continues after a reload, where it was', async () => {
  await interrupted('Download model.bin');
  site.emulator.faults.clear();
  const saved = page.waitForEvent('download');
  await expect.poll(recorded).toBeGreaterThanOrEqual(3_500_000);
  await page.reload();
  await expectContent(await saved);
  await page.getByText('saved to your downloads').waitFor();
  const [first, ...rest] = starts('model.bin');
  // Once from the start; then from what is stored.
  expect(first).toBe(0);
  expect(Math.min(...rest)).toBeGreaterThanOrEqual(3_500_000);
  // It is not started again by a further reload.
  await page.reload();
  await page.getByText('2 files').waitFor();
  expect(starts('model.bin')).toHaveLength(1 + rest.length);
});

test('a download continues by itself after a lost network, where it was', async () => {
  await interrupted('Download model.bin');
  await site.context.setOffline(true);
  await page.getByText('waiting for the network').waitFor();
  site.emulator.faults.clear();
  const saved = page.waitForEvent('download');
  await site.context.setOffline(false);
  await expectContent(await saved);
  const [first, ...rest] = starts('model.bin');
  expect(first).toBe(0);
  expect(Math.min(...rest)).toBeGreaterThanOrEqual(3_500_000);
});

test('a download to a folder keeps the files that are complete; after a reload it continues with a click', {}, async () => {
  const choose = `window.showDirectoryPicker = async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true })`;
  const written = () =>
    page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen');
      return (await (await folder.getFileHandle('small.csv')).getFile()).lastModified;
    });
  // After the reload, too, the browser has a picker.
  await page.evaluate(`${choose}; sessionStorage.picker = true`);
  await interrupted('Download all');
  await page.getByText(/1 of 2 files/).waitFor();
  const before = await written();
  site.emulator.faults.clear();
  await page.reload();
  await page.getByText('interrupted', { exact: true }).waitFor();
  await page.evaluate(choose);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('saved to the folder "chosen"').waitFor();
  expect(await written()).toBe(before);
});

test('names that differ in case only are both saved', async () => {
  await site.visit('#/run/alice/cases/1');
  await page.getByRole('link', { name: 'Small.csv', exact: true }).waitFor();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download all' }).click();
  const archive = await readFile(await (await saved).path());
  const entries = await new ZipReader(new BlobReader(new Blob([archive]))).getEntries();
  expect(entries.map(({ filename }) => filename).sort()).toEqual(['Small.csv', 'small-2.csv']);
});
