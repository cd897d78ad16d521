import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/testing/index.ts';
import { type Answer, datasetsApi, makeDataset, quiet, rpc } from './support.ts';

const dataset = { ownerSlug: 'alice', datasetSlug: 'my-data' };
const ask = (emulator: Emulator, method: string, more: object = {}, token?: string): Promise<Answer> =>
  rpc(emulator, `${datasetsApi}/${method}`, { ...dataset, ...more }, token);

async function link(emulator: Emulator, more: object = {}): Promise<string> {
  const { status, headers } = await ask(emulator, 'DownloadDataset', more);
  expect(status).toBe(302);
  return headers.get('location')!;
}

test('a version is shown after the lag and ready after the processing; until then the old READY and number', async () => {
  let time = 1_000_000;
  const emulator = quiet({ lag: 100, processing: 300, now: () => time });
  const shown = async () => {
    const { status } = (await ask(emulator, 'GetDatasetStatus')).json;
    return [status, (await ask(emulator, 'GetDataset')).json.currentVersionNumber];
  };
  await makeDataset(emulator, { 'a.txt': 'one' });
  expect(await shown()).toEqual(['BLOBS_RECEIVED', 1]);
  time += 300;
  expect(await shown()).toEqual(['READY', 1]);
  await makeDataset(emulator, { 'a.txt': 'two' });
  expect(await shown()).toEqual(['READY', 1]);
  time += 100;
  expect(await shown()).toEqual(['BLOBS_RECEIVED', 2]);
  time += 200;
  expect(await shown()).toEqual(['READY', 2]);
});

test('folders, listings, a version by its number', async () => {
  const emulator = quiet();
  await makeDataset(emulator, { 'a.txt': 'one', 'sub/deep/b.txt': 'b' });
  await makeDataset(emulator, { 'a.txt': 'other' });
  const first = (await ask(emulator, 'ListDatasetFiles', { datasetVersionNumber: 1 })).json.datasetFiles;
  expect(first.map(({ name, totalBytes }: { name: string; totalBytes: number }) => [name, totalBytes])).toEqual([
    ['a.txt', 3],
    ['sub/deep/b.txt', 1],
  ]);
  const tree = (await ask(emulator, 'ListTreeDatasetFiles', { datasetVersionNumber: 1, path: 'sub' })).json;
  expect(tree).toMatchObject({ directories: [{ name: 'deep', relativeUrl: 'sub/deep' }], files: [] });
  expect(await (await emulator.fetch(new Request(await link(emulator, { fileName: 'a.txt' })))).text()).toBe('other');
  const old = await link(emulator, { fileName: 'a.txt', datasetVersionNumber: 1 });
  expect(await (await emulator.fetch(new Request(old))).text()).toBe('one');
  expect((await ask(emulator, 'DownloadDataset', { fileName: 'none' })).status).toBe(404);
  expect((await ask(emulator, 'DownloadDataset', { datasetVersionNumber: 9 })).status).toBe(404);
});

test('what is private is denied to others; only the owner changes or deletes', async () => {
  const emulator = quiet();
  await makeDataset(emulator, { 'a.txt': 'one' });
  for (const token of ['KGAT_bob', '']) {
    expect((await ask(emulator, 'GetDataset', {}, token)).status).toBe(403);
    expect((await ask(emulator, 'DownloadDataset', {}, token)).status).toBe(403);
  }
  emulator.state.datasets.get('alice/my-data')!.isPrivate = false;
  expect((await ask(emulator, 'GetDataset', {}, '')).status).toBe(200);
  expect((await ask(emulator, 'DeleteDataset', {}, 'KGAT_bob')).status).toBe(403);
  expect((await ask(emulator, 'DeleteDataset')).status).toBe(200);
  expect((await ask(emulator, 'GetDataset')).status).toBe(404);
});

test('a name that is taken, and names outside of the lengths, are errors in the answer', async () => {
  const emulator = quiet();
  await makeDataset(emulator, { 'a.txt': 'one' });
  const create = async (slug: string, title: string) =>
    (await rpc(emulator, `${datasetsApi}/CreateDataset`, { slug, title, files: [] })).json;
  expect((await create('my-data', 'My data')).error).toContain('already in use');
  expect((await create('short', 'Good title')).error).toContain('slug');
  expect((await create('good-slug', 'x'.repeat(51))).error).toContain('title');
  expect((await create('good-slug', 'Good title')).error.message).toContain('At least one file');
});

describe('downloads', () => {
  const setup = async () => {
    let time = Date.UTC(2026, 0, 2, 3, 4, 5);
    const emulator = quiet({ now: () => time });
    await makeDataset(emulator, { 'a.txt': '123456789' });
    const url = await link(emulator, { fileName: 'a.txt' });
    const get = (headers: Record<string, string> = {}, method = 'GET') =>
      emulator.fetch(new Request(url, { headers, method }));
    return {
      emulator,
      url,
      get,
      pass: (ms: number) => {
        time += ms;
      },
    };
  };

  test('need no credential, and carry length, validators and checksums', async () => {
    const { get } = await setup();
    const response = await get();
    expect(await response.text()).toBe('123456789');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': '9',
      'accept-ranges': 'bytes',
      'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
      'x-goog-hash': 'crc32c=4waSgw==,md5=JfnnlDI7RTiF9RgfG2JNCw==',
    });
    const head = await get({}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '9', '']);
  });

  test.each([
    ['bytes=2-4', 206, '345', 'bytes 2-4/9'],
    ['bytes=7-', 206, '89', 'bytes 7-8/9'],
    ['bytes=7-99', 206, '89', 'bytes 7-8/9'],
    ['bytes=-3', 206, '789', 'bytes 6-8/9'],
    ['bytes=9-', 416, '', 'bytes */9'],
    ['bytes=1-2,4-5', 200, '123456789', null],
    ['lines=1-2', 200, '123456789', null],
  ])('Range: %s', async (range, code, text, contentRange) => {
    const { get } = await setup();
    const response = await get({ range });
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([
      code,
      text,
      contentRange,
    ]);
  });

  test('If-Range holds for the validators of the file, and makes any other the whole file', async () => {
    const { get } = await setup();
    const { headers } = await get();
    for (const validator of [headers.get('etag')!, headers.get('last-modified')!]) {
      expect((await get({ range: 'bytes=1-', 'if-range': validator })).status).toBe(206);
    }
    const other = await get({ range: 'bytes=1-', 'if-range': '"other"' });
    expect([other.status, await other.text()]).toEqual([200, '123456789']);
  });

  test('a signature that is wrong, and one that is too old', async () => {
    const { emulator, url, get, pass } = await setup();
    const forged = url.replace(/Signature=\w{4}/, 'Signature=0000');
    expect((await emulator.fetch(new Request(forged))).status).toBe(403);
    pass(3_600_001);
    expect((await get()).status).toBe(400);
    expect(await (await emulator.fetch(new Request(await link(emulator, { fileName: 'a.txt' })))).text()).toBe(
      '123456789',
    );
  });

  test('a rate holds for each download by itself', async () => {
    const emulator = quiet({ rate: 1_000_000 });
    await makeDataset(emulator, { 'a.txt': 'x'.repeat(200_000) });
    const url = await link(emulator, { fileName: 'a.txt' });
    const started = performance.now();
    const get = async () => (await (await emulator.fetch(new Request(url))).text()).length;
    expect(await Promise.all([get(), get(), get()])).toEqual([200_000, 200_000, 200_000]);
    const ms = performance.now() - started;
    expect(ms).toBeGreaterThan(190);
    expect(ms).toBeLessThan(550);
  });

  test('the signatures that are kept are bounded by their age', async () => {
    const { emulator, pass } = await setup();
    for (let index = 0; index < 5; index++) await link(emulator);
    pass(3 * 3_600_000);
    await link(emulator);
    expect(emulator.state.links.size).toBe(1);
  });
});
