import { BlobReader, type FileEntry, TextWriter, ZipReader } from '@zip.js/zip.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Context } from '../../src/testing/context.ts';
import { boundVersion } from '../../src/testing/dataset-versions.ts';
import type { Emulator, EmulatorOptions } from '../../src/testing/index.ts';
import { type Answer, datasetsApi, makeDataset, push, quiet, rpc, upload } from './support.ts';

const dataset = { ownerSlug: 'alice', datasetSlug: 'my-data' };
const ask = (emulator: Emulator, method: string, more: object = {}, token?: string): Promise<Answer> =>
  rpc(emulator, `${datasetsApi}/${method}`, { ...dataset, ...more }, token);

async function link(emulator: Emulator, more: object = {}): Promise<string> {
  const { status, headers } = await ask(emulator, 'DownloadDataset', more);
  expect(status).toBe(302);
  return headers.get('location')!;
}

/** An emulator with a clock of its own. */
function timed(options: EmulatorOptions = {}) {
  let time = 1_000_000;
  const emulator = quiet({ lag: 100, processing: 500, now: () => time, ...options });
  return {
    emulator,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

test('a new dataset: 403 and 404 for a while, then one step after the other to READY', async () => {
  const { emulator, pass } = timed();
  await makeDataset(emulator, { 'a.txt': 'one' });
  expect((await ask(emulator, 'GetDatasetStatus')).status).toBe(404);
  const hidden = await ask(emulator, 'GetDataset');
  expect([hidden.status, hidden.json.error.message]).toEqual([403, "Permission 'datasets.get' was denied"]);
  expect((await ask(emulator, 'ListDatasets')).json.datasets).toEqual([]);
  const seen = [];
  for (let step = 0; step < 5; step++) {
    pass(100);
    seen.push((await ask(emulator, 'GetDatasetStatus')).json.status);
  }
  expect(seen).toEqual([
    'BLOBS_RECEIVED',
    'BLOBS_DECOMPRESSED',
    'BLOBS_COPIED_TO_SDS',
    'INDIVIDUAL_BLOBS_COMPRESSED',
    'READY',
  ]);
  expect((await ask(emulator, 'GetDataset')).json.currentVersionNumber).toBe(1);
  const { emulator: shown } = timed({ lag: 0 });
  await makeDataset(shown, { 'a.txt': 'one' });
  expect((await ask(shown, 'GetDatasetStatus')).json.status).toBe('NOT_YET_PERSISTED');
});

test('while the first version is processed another one is refused, later ones may overlap', async () => {
  const { emulator, pass } = timed();
  await makeDataset(emulator, { 'a.txt': 'one' });
  pass(499);
  const early = await makeDataset(emulator, { 'a.txt': 'two' });
  expect([early.status, early.json.error.message]).toEqual([403, "Permission 'datasets.update' was denied"]);
  pass(1);
  for (const text of ['two', 'three']) expect((await makeDataset(emulator, { 'a.txt': text })).json.status).toBe('ok');
  expect(emulator.state.datasets.get('alice/my-data')!.versions).toHaveLength(3);
});

test('a new version: until the lag is over the old READY and number, until READY the old files', async () => {
  const { emulator, pass } = timed();
  const shown = async () => {
    const { status } = (await ask(emulator, 'GetDatasetStatus')).json;
    const { datasetFiles } = (await ask(emulator, 'ListDatasetFiles')).json;
    const names = datasetFiles.map(({ name }: { name: string }) => name).join();
    return [status, (await ask(emulator, 'GetDataset')).json.currentVersionNumber, names];
  };
  await makeDataset(emulator, { 'a.txt': 'one', 'old.txt': 'only there' });
  expect((await ask(emulator, 'DownloadDataset')).status).toBe(403);
  pass(500);
  expect(await shown()).toEqual(['READY', 1, 'a.txt,old.txt']);
  await makeDataset(emulator, { 'a.txt': 'two' });
  expect(await shown()).toEqual(['READY', 1, 'a.txt,old.txt']);
  pass(100);
  expect(await shown()).toEqual(['BLOBS_RECEIVED', 2, 'a.txt,old.txt']);
  expect((await ask(emulator, 'ListDatasetFiles', { datasetVersionNumber: 2 })).status).toBe(404);
  expect((await ask(emulator, 'DownloadDataset', { datasetVersionNumber: 2 })).status).toBe(404);
  pass(400);
  expect(await shown()).toEqual(['READY', 2, 'a.txt']);
});

test('a kernel that is pushed before READY binds the version before, or none', async () => {
  const { emulator, pass } = timed();
  const context = { now: emulator.options.now, options: emulator.options } as Context;
  const bound = (number?: number) =>
    boundVersion(context, emulator.state.datasets.get('alice/my-data')!, number)?.number;
  await makeDataset(emulator, { 'a.txt': 'one' });
  expect(bound()).toBeUndefined();
  pass(500);
  expect(bound()).toBe(1);
  await makeDataset(emulator, { 'a.txt': 'two' });
  expect([bound(), bound(1), bound(2)]).toEqual([1, 1, undefined]);
  pass(500);
  expect([bound(), bound(1), bound(2), bound(3)]).toEqual([2, 1, 2, undefined]);
});

test('a folder in the name of a blob is lost, one of `directories` stays', async () => {
  const emulator = quiet();
  const token = await upload(emulator, 'lost/a.txt', 'x');
  const kept = await upload(emulator, 'lost/b.txt', 'y');
  await rpc(emulator, `${datasetsApi}/CreateDataset`, {
    slug: 'my-data',
    title: 'My data',
    files: [{ token }],
    directories: [{ name: 'kept', files: [{ token: kept }] }],
  });
  const { datasetFiles } = (await ask(emulator, 'ListDatasetFiles')).json;
  expect(datasetFiles.map(({ name }: { name: string }) => name)).toEqual(['a.txt', 'kept/b.txt']);
});

test('a listing has 20 files per page, or as many as are asked for', async () => {
  const emulator = quiet();
  const files = Array.from({ length: 45 }, (_, index) => [`${String(index).padStart(2, '0')}.txt`, 'x'] as const);
  await makeDataset(emulator, Object.fromEntries(files));
  const page = async (more: object) => {
    const { datasetFiles, nextPageToken } = (await ask(emulator, 'ListDatasetFiles', more)).json;
    return [datasetFiles.length, nextPageToken];
  };
  expect(await page({})).toEqual([20, '20']);
  expect(await page({ pageToken: '40' })).toEqual([5, undefined]);
  expect(await page({ pageSize: 200 })).toEqual([45, undefined]);
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

test('private datasets are denied to others; only the owner can change or delete them', async () => {
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

test('a name that is taken, also by a deleted dataset, and other refusals, are errors in an answer with 200', async () => {
  const emulator = quiet();
  await makeDataset(emulator, { 'a.txt': 'one' });
  const create = async (slug: string, title: string, more: object = {}) => {
    const { status, json } = await rpc(emulator, `${datasetsApi}/CreateDataset`, { slug, title, files: [], ...more });
    return status === 200 ? `${json.status}: ${json.error}` : `${status}: ${json.error.message}`;
  };
  const taken = 'Error: The requested title "My data" is already in use by a dataset. Please choose another title.';
  expect(await create('my-data', 'My data')).toBe(taken);
  await ask(emulator, 'DeleteDataset');
  expect(await create('my-data', 'My data')).toBe(taken);
  expect(await create('short', 'Good title')).toContain('slug');
  expect(await create('good-slug', 'x'.repeat(51))).toContain('title');
  expect(await create('good-slüg', 'Good title')).toBe('Error: Slug can only contain alphanumeric or "-" characters');
  expect(await create('good-slug', 'Good title', { ownerSlug: 'nobody' })).toBe('Error: Invalid Owner Id');
  expect(await create('good-slug', 'Good title')).toContain('needs at least one');
});

test('a slug with a space, or of a notebook of the owner: 400 without a reason', async () => {
  const emulator = quiet();
  await push(emulator, '1');
  for (const more of [{ slug: 'my data' }, { slug: 'my_data' }, { slug: 'first-kernel' }, { licenseName: 'my own' }]) {
    const request = { slug: 'my-data', title: 'My data', files: [], ...more };
    const { status, json } = await rpc(emulator, `${datasetsApi}/CreateDataset`, request);
    expect([status, json.error.message]).toEqual([400, 'Bad Request']);
  }
  await makeDataset(emulator, { 'a.txt': '1' }, { licenseName: 'CC0-1.0' });
  expect(emulator.state.datasets.get('alice/my-data')?.licenseName).toBe('CC0-1.0');
});

test('the name of a user counts in any case', async () => {
  const emulator = quiet({ users: [{ username: 'Alice', userId: 7, token: 'KGAT_test' }] });
  expect((await makeDataset(emulator, { 'a.txt': '1' })).json).toMatchObject({ ref: '/Alice/my-data', status: 'ok' });
  expect((await makeDataset(emulator, { 'a.txt': '2' }, { ownerSlug: 'aLiCe' })).json.error).toBe('');
  for (const user of ['alice', 'Alice', 'ALICE']) {
    const { json } = await rpc(emulator, `${datasetsApi}/ListDatasets`, { user });
    expect(json.datasets).toHaveLength(1);
    const answer = await rpc(emulator, `${datasetsApi}/GetDataset`, { ownerSlug: user, datasetSlug: 'my-data' });
    expect(answer.json.ref).toBe('Alice/my-data');
  }
});

test('a version of a dataset that does not exist, or not ours: 403', async () => {
  const emulator = quiet();
  await makeDataset(emulator, { 'a.txt': 'one' });
  const body = { files: [] };
  for (const [datasetSlug, token] of [
    ['other-data', 'KGAT_test'],
    ['my-data', 'KGAT_bob'],
  ] as const) {
    const request = { ownerSlug: 'alice', datasetSlug, body };
    const { status, json } = await rpc(emulator, `${datasetsApi}/CreateDatasetVersion`, request, token);
    expect([status, json.error.message]).toEqual([403, "Permission 'datasets.update' was denied"]);
  }
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
    pass(259_200_001);
    expect((await get()).status).toBe(400);
    expect(await (await emulator.fetch(new Request(await link(emulator, { fileName: 'a.txt' })))).text()).toBe(
      '123456789',
    );
  });

  test('a large text that is requested alone comes as an archive, and not where it is asked for raw', async () => {
    const emulator = quiet();
    const large = 'id,value\n'.repeat(200_000);
    await makeDataset(emulator, { 'sub/large.csv': large, 'sub/large.bin': large });
    const packed = await link(emulator, { fileName: 'sub/large.csv' });
    expect(new URL(packed).pathname).toMatch(/\/compressed\/sub\/large\.csv\.zip$/);
    const archive = await (await emulator.fetch(new Request(packed))).blob();
    expect(archive.size).toBeLessThan(large.length / 10);
    const [entry, ...more] = await new ZipReader(new BlobReader(archive)).getEntries();
    expect([entry!.filename, more]).toEqual(['large.csv', []]);
    expect(await (entry as FileEntry).getData(new TextWriter())).toBe(large);
    const raw = await ask(emulator, 'DownloadDatasetRaw', { fileName: 'sub/large.csv' });
    for (const plain of [raw.headers.get('location')!, await link(emulator, { fileName: 'sub/large.bin' })]) {
      expect(await (await emulator.fetch(new Request(plain))).text()).toBe(large);
    }
  });

  test('a URL carries its secret in the query, and is good for three days', async () => {
    const { emulator } = await setup();
    const { pathname, searchParams } = new URL(await link(emulator));
    expect(pathname).toMatch(/\/kaggle-data-sets\/\d+\/\d+\/bundle\/archive\.zip$/);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      'X-Goog-Algorithm': 'GOOG4-RSA-SHA256',
      'X-Goog-Date': '20260102T030405Z',
      'X-Goog-Expires': '259200',
      'X-Goog-SignedHeaders': 'host',
      'X-Goog-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('a rate holds for each download by itself', async () => {
    const emulator = quiet({ rate: 400_000 });
    await makeDataset(emulator, { 'a.txt': 'x'.repeat(200_000) });
    const url = await link(emulator, { fileName: 'a.txt' });
    vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const answers = await Promise.all([0, 1, 2].map(() => emulator.fetch(new Request(url))));
    const lengths: number[] = [];
    const reading = Promise.all(answers.map(async (answer) => lengths.push((await answer.text()).length)));
    await vi.advanceTimersByTimeAsync(490);
    expect(lengths).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    await reading;
    expect(lengths).toEqual([200_000, 200_000, 200_000]);
  });

  test('the signatures that are kept are bounded by their age', async () => {
    const { emulator, pass } = await setup();
    for (let index = 0; index < 5; index++) await link(emulator);
    pass(3 * 259_200_000);
    await link(emulator);
    expect(emulator.state.links.size).toBe(1);
  });
});
