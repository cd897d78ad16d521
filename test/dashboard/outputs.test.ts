import { readFile } from 'node:fs/promises';
import { BlobReader, type FileEntry, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import type { Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OutputsSite, openOutputs } from './outputs-site.ts';

let site: OutputsSite;
beforeAll(async () => {
  site = await openOutputs();
});
afterAll(() => site.close());

/** In a browser without a folder picker, as Firefox and Safari, files go to the downloads. */
const withoutPicker = () => site.page.evaluate('window.showDirectoryPicker = undefined');

test('the list has all files with sizes, by two calls beside that for the log, and no barrier', async () => {
  const { page, checkAccess } = site;
  const counted = site.count();
  await site.list('prices');
  await page.getByText(`${Object.keys(site.files).length} files, 6.2 MB`).waitFor();
  await expect(page.getByRole('link', { name: 'submission.csv' }).isVisible()).resolves.toBe(true);
  await checkAccess();
  expect(counted.listings()).toBeLessThanOrEqual(3);
  await page.getByRole('searchbox', { name: 'Filter files' }).fill('*.png');
  await page.getByText('2 of 14 files').waitFor();
  await expect(
    page
      .getByRole('link')
      .filter({ hasText: /csv|parquet/ })
      .count(),
  ).resolves.toBe(0);
});

test('thousands of files take two calls per 500, and a few elements', async () => {
  const { page } = site;
  const counted = site.count();
  await site.list('many-files');
  await page.getByText('3,000 files, ').waitFor();
  expect(counted.listings()).toBeLessThanOrEqual(13);
  await page.getByRole('button', { name: /part-3/ }).click();
  await page.getByRole('link', { name: '3.txt', exact: true }).waitFor();
  await expect(page.getByRole('listitem').count()).resolves.toBeLessThan(60);
});

test('a run without files says so', async () => {
  await site.list('no-files');
  await site.page.getByRole('heading', { name: 'No output files' }).waitFor();
});

test('hostile names are only text', async () => {
  const { page } = site;
  await site.list('strange');
  await withoutPicker();
  await page.getByText('a\\u202egnp.exe.txt').waitFor();
  await page.getByText('<img src=x onerror="globalThis.hacked=1">.txt').waitFor();
  await expect(page.evaluate('globalThis.hacked')).resolves.toBeUndefined();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download line\\u000abreak.csv' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('line_break.csv');
  expect(await readFile(await download.path(), 'utf8')).toBe('content 4');
});

test('a CSV file: the first rows take a small part of it, scrolling reads on, sorting says what it sorts', async () => {
  const { page, checkAccess } = site;
  const counted = site.count();
  const dialog = await site.preview('submission.csv');
  await dialog.getByRole('gridcell', { name: 'City 3, north' }).first().waitFor();
  await dialog.getByText(/First 1,\d\d\d rows, 65.5 kB of 2.7 MB, 5 columns/).waitFor();
  await checkAccess();
  const bytes = await counted.bytes();
  expect(bytes).toBeLessThan(140_000);
  await dialog.getByText(`read ${(bytes / 1000).toFixed(0)} kB in 2 requests`).waitFor();

  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await dialog.getByRole('region', { name: 'Value of the cell' }).getByText('City 1, north').waitFor();
  await page.keyboard.press('Control+End');
  await dialog.getByText(/First 13,\d\d\d rows, 590 kB of 2.7 MB/).waitFor();

  await dialog.getByRole('button', { name: 'change' }).click();
  await dialog.getByText(/Sorted: only the 13,\d\d\d loaded rows/).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.waitForURL(/#\/run\/alice\/prices\/1$/);
});

test('a Parquet file: the footer and the first row group are read; another row group when it is scrolled to', async () => {
  const { page } = site;
  const counted = site.count();
  const dialog = await site.preview('features.parquet');
  await dialog.getByText('120,000 rows, 4 columns, 12 row groups, snappy').waitFor();
  await dialog.getByRole('gridcell', { name: 'Street 1', exact: true }).first().waitFor();
  await expect(dialog.getByRole('gridcell', { name: 'null' }).first().isVisible()).resolves.toBe(true);
  expect(await counted.bytes()).toBeLessThan(0.2 * (site.files['features.parquet'] as Uint8Array).length);
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+End');
  await dialog.getByRole('gridcell', { name: '119999' }).waitFor();
  expect(await counted.bytes()).toBeLessThan(0.4 * (site.files['features.parquet'] as Uint8Array).length);
  await dialog.getByRole('button', { name: 'Schema' }).click();
  await dialog.getByRole('row', { name: /sold timestamp/ }).waitFor();
});

test('a hostile notebook: no script runs, nothing is requested elsewhere, the policy is not violated', async () => {
  const { page } = site;
  const counted = site.count();
  const dialog = await site.preview('hostile.ipynb');
  const frame = dialog.frameLocator('iframe');
  await frame.getByRole('heading', { name: 'Hostile' }).waitFor();
  await frame.getByText('[image not loaded: x, https://evil.example/md.png]').first().waitFor();
  expect(await dialog.locator('iframe').getAttribute('sandbox')).not.toMatch(
    /scripts|same-origin|forms|top-navigation/,
  );
  const found = page.frames().find((candidate) => candidate.url().startsWith('blob:'))!;
  expect(
    await found
      .locator('script, style, iframe, object, form, input, svg, math, base, video, [style], [onclick], [ontoggle]')
      .count(),
  ).toBe(0);
  const link = frame.getByRole('link', { name: 'safe link' }).first();
  expect([await link.getAttribute('href'), await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual([
    'https://example.org/',
    '_blank',
    'noopener noreferrer nofollow',
  ]);
  expect(
    await frame
      .locator('img')
      .evaluateAll((images) => images.every((image) => (image as HTMLImageElement).src.startsWith('data:'))),
  ).toBe(true);
  await expect(page.evaluate('globalThis.hacked')).resolves.toBeUndefined();
  expect(counted.elsewhere()).toEqual([]);
  expect(site.problems).toEqual([]);
});

test('a notebook has its styles, colors and pictures', async () => {
  const dialog = await site.preview('analysis.ipynb');
  const frame = dialog.frameLocator('iframe');
  await frame.getByRole('table').nth(1).waitFor();
  expect(
    await frame
      .locator('.log-fg-2')
      .first()
      .evaluate((element) => getComputedStyle(element).color),
  ).toBe('rgb(153, 27, 27)');
  expect(await frame.locator('td[colspan="2"][align="left"]').count()).toBe(1);
  expect(await frame.getByRole('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(320);
});

test('an SVG is an image: its scripts do not run, and it loads nothing', async () => {
  const { page } = site;
  const counted = site.count();
  const dialog = await site.preview('plots/logo.svg');
  await dialog.getByText('200 × 100 pixels, SVG').waitFor();
  await expect(page.evaluate('globalThis.hacked')).resolves.toBeUndefined();
  expect(counted.elsewhere()).toEqual([]);
});

test('JSON, JSON Lines, text, markup and unknown files have previews; damaged ones say so', async () => {
  const { checkAccess } = site;
  const dialog = await site.preview('metrics.json');
  await dialog.getByText('0.1234567890123456').waitFor();
  await dialog.getByRole('button', { name: /history/ }).click();
  await dialog.getByRole('button', { name: '200 more' }).waitFor();
  await checkAccess();
  const show = (file: string) => site.visit(`#/run/alice/prices/1?file=${encodeURIComponent(file)}`);
  await show('history.jsonl');
  await dialog.getByText('500 rows, 3 columns').waitFor();
  await show('train.log');
  await dialog.getByText(/First 131 kB of .*, utf-8/).waitFor();
  await dialog.getByRole('button', { name: /^Load 131 kB more/ }).click();
  await dialog.getByText(/First 262 kB of /).waitFor();
  await dialog.getByRole('button', { name: 'Show the end' }).click();
  await dialog.getByText('step 199990 of 200000').waitFor();
  await show('report.html');
  await dialog.getByText('<h1>Report</h1><script>').waitFor();
  await show('model.bin');
  await dialog.getByText('First 4.1 kB of 300 kB, no preview for this type of file').waitFor();
  await dialog.getByText(/00000000 {2}00 ef de/).waitFor();
  await show('broken.png');
  await dialog.getByText(/its content does not match its name/).waitFor();
  await dialog.getByRole('combobox', { name: 'View as' }).selectOption('text');
  await dialog.getByText('not an image').waitFor();
  await show('gone.csv');
  await dialog.getByText(/has no output file "gone.csv"/).waitFor();
  // An address without a version leads to the latest one, with its preview.
  await site.visit('#/run/alice/prices?file=README.md');
  await dialog.getByText('# Results').waitFor();
  // The next file keeps the focus where it is.
  const next = dialog.getByRole('button', { name: 'Next file' });
  await next.click();
  await dialog.getByRole('heading', { name: 'report.html' }).waitFor();
  await dialog.getByText('<h1>Report</h1>').waitFor();
  expect(await next.evaluate((button) => button === document.activeElement)).toBe(true);
  await dialog.getByRole('button', { name: 'Previous file' }).click();
  await dialog.getByText('# Results').waitFor();
  expect(site.page.url()).toMatch(/#\/run\/alice\/prices\/1\?file=README\.md$/);
});

test('several files are saved as one zip, with the bytes of the run', async () => {
  const { page } = site;
  await site.list('prices');
  await withoutPicker();
  await page.getByRole('checkbox', { name: 'Select plots' }).check();
  await page.getByRole('checkbox', { name: 'Select features.parquet' }).check();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download 3' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('alice-prices-1.zip');
  await page.getByText('saved to your downloads').waitFor();
  const archive = await readFile(await download.path());
  const entries = await new ZipReader(new BlobReader(new Blob([archive]))).getEntries();
  expect(entries.map(({ filename }) => filename).sort()).toEqual([
    'features.parquet',
    'plots/logo.svg',
    'plots/prediction.png',
  ]);
  for (const entry of entries as FileEntry[]) {
    const bytes = await entry.getData(new Uint8ArrayWriter(), { checkSignature: true });
    expect(Buffer.compare(bytes, Buffer.from(site.files[entry.filename]!))).toBe(0);
  }
});

test('downloads leave connections to the server for calls and a live log', async () => {
  const { page } = site;
  await site.list('prices');
  await withoutPicker();
  const held: Route[] = [];
  await page.route('**/kaggle/transfer/**', (route) => void held.push(route));
  for (const name of ['plots', 'features.parquet', 'submission.csv', 'metrics.json', 'train.log', 'model.bin'])
    await page.getByRole('checkbox', { name: `Select ${name}` }).check();
  await page.getByRole('button', { name: 'Download 7' }).click();
  await expect.poll(() => held.length).toBeGreaterThanOrEqual(4);
  // Others would have started by now.
  await page.evaluate('fetch("/?1").then((response) => response.text())');
  expect(held).toHaveLength(4);
  // Continues them, too.
  await page.unroute('**/kaggle/transfer/**');
  await page.getByText('saved to your downloads').waitFor();
});

test('all files are saved to the folder that was chosen; closing its dialog cancels', async () => {
  const { page } = site;
  await site.list('prices');
  // The browser's own dialog cannot be driven: it returns a folder of the origin private file system here.
  await page.evaluate(`window.showDirectoryPicker = async () => {
    throw new DOMException('The user aborted a request.', 'AbortError');
  }`);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('button', { name: 'Download all' }).click();
  await page.getByText('canceled', { exact: true }).waitFor();
  await page.evaluate(`window.showDirectoryPicker = async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true })`);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('saved to the folder "chosen"').waitFor();
  const sizes = await page.evaluate(`(async () => {
    const sizes = {};
    const visit = async (folder, path) => {
      for await (const [name, entry] of folder) {
        if (entry.kind === 'directory') await visit(entry, path + name + '/');
        else sizes[path + name] = (await entry.getFile()).size;
      }
    };
    await visit(await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen'), '');
    return sizes;
  })()`);
  const expected = Object.entries(site.files).map(([name, content]) => [name, Buffer.from(content).length]);
  expect(sizes).toEqual({ ...Object.fromEntries(expected), 'prices.log': expect.any(Number) });
});

test('a lost network keeps the rows; a retry continues after them', async () => {
  const { page, context, expectProblems } = site;
  const dialog = await site.preview('submission.csv');
  await dialog.getByRole('gridcell', { name: 'City 3, north' }).first().waitFor();
  expectProblems(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
  await context.setOffline(true);
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+End');
  await dialog.getByRole('alert').waitFor();
  await dialog.getByText(/First 1,\d\d\d rows/).waitFor();
  await context.setOffline(false);
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await dialog.getByText(/First 13,\d\d\d rows/).waitFor();
});

test('an expired address is renewed without a word', async () => {
  const { page } = site;
  const counted = site.count();
  const dialog = await site.preview('submission.csv');
  await dialog.getByRole('gridcell', { name: 'City 3, north' }).first().waitFor();
  site.advance(365 * 86_400_000);
  site.expectProblems(/Failed to load resource.*40[0-9]/);
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+End');
  await dialog.getByText(/First 13,\d\d\d rows/).waitFor();
  await expect(dialog.getByRole('alert').count()).resolves.toBe(0);
  // One for the address at first, one for the new one.
  expect(counted.listings()).toBe(2);
});
