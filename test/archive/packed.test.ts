import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NotFoundError, TransferError, ValidationError } from '../../src/core/errors.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { setUp } from './emulated.ts';
import { makeZip } from './make-zip.ts';
import { filesIn, client as offline, scratch } from './support.ts';

const owner = 'alice';
const slug = 'many-files';
const large = Array.from({ length: 150_000 }, (_, index) => `${index},${index % 7}\n`).join('');

async function world(files: Record<string, string | Uint8Array>) {
  const { client, traffic, emulator } = setUp();
  const inputs = Object.entries(files).map(([name, data]) => ({ name, data }));
  await datasets.create(client, { owner, slug, files: inputs });
  traffic.calls.length = 0;
  traffic.gets.length = 0;
  return { client, traffic, emulator };
}

/** A storage that has one file in an archive, at an address that may or may not say so. */
function packedAs(archive: Uint8Array<ArrayBuffer>, path: string, ranges = true) {
  return createClient({
    endpoint: 'https://api.test',
    token: 'KGAT_test',
    platform: { ...nodePlatform(), state: undefined },
    retry: false,
    fetch: async (request) => {
      const { origin, pathname } = new URL(request.url);
      if (pathname.endsWith('/DownloadDataset'))
        return new Response(null, { status: 302, headers: { location: `https://storage.test/${path}` } });
      if (origin !== 'https://storage.test') return Response.json({ code: 404 }, { status: 404 });
      const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec((ranges && request.headers.get('range')) || '') ?? [];
      const start = from ? Number(from) : to ? Math.max(0, archive.length - Number(to)) : 0;
      const end = from && to ? Math.min(archive.length, Number(to) + 1) : archive.length;
      const body = archive.slice(start, end);
      const ranged = from !== undefined;
      return new Response(body, {
        status: ranged ? 206 : 200,
        headers: {
          'content-length': String(body.length),
          etag: '"1"',
          ...(ranged && { 'content-range': `bytes ${start}-${end - 1}/${archive.length}` }),
        },
      });
    },
  });
}

describe('a single file that Kaggle packs', () => {
  const file = { owner, slug, file: 'sub/large.csv' };

  test('is saved as what it is: an archive', async () => {
    const { client } = await world({ 'sub/large.csv': large });
    const folder = scratch();
    const [saved] = await datasets.download(client, file, folder);
    expect(saved).toMatchObject({
      name: 'sub/large.csv.zip',
      path: join(folder, 'sub/large.csv.zip'),
      verified: 'crc32c',
    });
    expect(readFileSync(saved!.path!).subarray(0, 2).toString()).toBe('PK');
    expect(Object.keys(filesIn(folder))).toEqual(['sub/large.csv.zip']);
  });

  test('is unpacked under its own name where asked, and not fetched again', async () => {
    const { client, traffic } = await world({ 'sub/large.csv': large });
    const folder = scratch();
    const expected = {
      name: 'sub/large.csv',
      path: join(folder, 'sub/large.csv'),
      size: large.length,
      verified: 'crc32',
    };
    expect(await datasets.download(client, file, folder, { unzip: true })).toEqual([expected]);
    expect(filesIn(folder)).toEqual({ 'sub/large.csv': large });
    traffic.bytes = 0;
    expect(await datasets.download(client, file, folder, { unzip: true })).toEqual([{ ...expected, skipped: true }]);
  });

  test('goes unpacked into a stream', async () => {
    const { client } = await world({ 'sub/large.csv': large });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const text = new Response(readable).text();
    expect(await datasets.download(client, file, writable, { unzip: true })).toMatchObject([{ size: large.length }]);
    expect(await text).toBe(large);
  });

  test('one that is not packed is as without the option', async () => {
    const { client } = await world({ 'a.bin': 'plain' });
    const folder = scratch();
    const [saved] = await datasets.download(client, { owner, slug, file: 'a.bin' }, folder, { unzip: true });
    expect(saved).toMatchObject({ name: 'a.bin', verified: 'crc32c' });
    expect(filesIn(folder)).toEqual({ 'a.bin': 'plain' });
  });

  test.each([
    'sub/large.csv',
    'large.csv',
  ])('may be called %s in its archive, with Range and without', async (inner) => {
    const archive = makeZip([{ name: inner, data: large }]);
    for (const ranges of [true, false]) {
      const folder = scratch();
      const client = packedAs(archive, 'compressed/sub/large.csv.zip', ranges);
      await datasets.download(client, file, folder, { unzip: true });
      expect(filesIn(folder)).toEqual({ 'sub/large.csv': large });
    }
  });

  test('that is not in its archive is an error', async () => {
    const client = packedAs(makeZip([{ name: 'other.csv', data: 'x' }]), 'large.csv.zip');
    const failure = await datasets.download(client, file, scratch(), { unzip: true }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransferError);
    expect(String(failure)).toContain('the archive does not contain "sub/large.csv"');
  });
});

describe('openRemote of a file that Kaggle packs', () => {
  test('reads the file, not the archive', async () => {
    const { client } = await world({ 'large.csv': large });
    const source = await datasets.openRemote(client, { owner, slug, file: 'large.csv' });
    expect(source.size).toBe(large.length);
    expect(new TextDecoder().decode(await source.readRange(0, 8))).toBe('0,0\n1,1\n');
    expect(new TextDecoder().decode(await source.readRange(source.size - 9, source.size + 5))).toBe(
      '149999,3\n'.slice(-9),
    );
    expect(await new Response(await source.slice(4, 8)).text()).toBe('1,1\n');
    const buffer = new Uint8Array(4);
    expect(await source.read(buffer, 4)).toBe(4);
    expect(new TextDecoder().decode(buffer)).toBe('1,1\n');
    await source.close();
  });

  test.each([true, false])('whatever its address says (Range: %s)', async (ranges) => {
    const client = packedAs(makeZip([{ name: 'large.csv', data: large }]), 'object-7', ranges);
    const source = await datasets.openRemote(client, { owner, slug, file: 'a/large.csv' });
    expect(source.size).toBe(large.length);
  });

  test('a damaged archive is an error', async () => {
    const damage = (packed: Uint8Array) => packed.fill(0, 100, 110);
    const client = packedAs(makeZip([{ name: 'large.csv', data: large, damage }]), 'x.zip');
    await expect(datasets.openRemote(client, { owner, slug, file: 'large.csv' })).rejects.toThrow();
  });

  test('what is too large to be held says what to do', async () => {
    const { client } = await world({ 'large.csv': large });
    const file = { owner, slug, file: 'large.csv' };
    const failure = await datasets.openRemote(client, file, { cacheSize: 1000_000 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransferError);
    expect(String(failure)).toMatch(
      /"large\.csv" in parts.* \{ unzip: true \}.* raise cacheSize to its size \(\d+ bytes\)/,
    );
  });

  test.each(['book.xlsx', 'weights.npz', 'archive.zip'])('what is an archive by itself stays one: %s', async (name) => {
    const archive = makeZip([{ name: 'xl/workbook.xml', data: 'x' }]);
    const client = packedAs(archive, name);
    const source = await datasets.openRemote(client, { owner, slug, file: name });
    expect(source.size).toBe(archive.length);
    expect(Buffer.from(await source.readRange(0, 2)).toString()).toBe('PK');
  });
});

describe('a part of a dataset', () => {
  const files = {
    'a/b/one.csv': 'one',
    'a/b/deep/two.csv': large,
    'a/b/three.bin': new Uint8Array(randomBytes(300_000)),
    'a/bc/no.csv': 'no',
    'top.csv': 'top',
  };

  test('a folder: its files under their names, several at a time', async () => {
    const { client, emulator } = await world(files);
    // Names that no folder could hold together: nobody asked for them.
    const [version] = emulator.state.datasets.get(`${owner}/${slug}`)!.versions;
    for (const name of ['z/README.md', 'z/readme.md', 'con', '../up'])
      version!.files.push({ name, data: new Uint8Array(1), created: 0 });
    const folder = scratch();
    const fetched = await datasets.download(client, { owner, slug, folder: 'a/b' }, folder, { unzip: true });
    expect(fetched.map(({ name, verified }) => [name, verified])).toEqual([
      ['a/b/deep/two.csv', 'crc32'],
      ['a/b/one.csv', 'crc32c'],
      ['a/b/three.bin', 'crc32c'],
    ]);
    const found = filesIn(folder);
    expect(Object.keys(found).sort()).toEqual(['a/b/deep/two.csv', 'a/b/one.csv', 'a/b/three.bin']);
    expect(found['a/b/deep/two.csv']).toBe(large);
    expect(Buffer.from(found['a/b/three.bin']!, 'latin1').equals(files['a/b/three.bin'])).toBe(true);
    const again = await datasets.download(client, { owner, slug, folder: '/a/b/' }, folder, { unzip: true });
    expect(again.every(({ skipped }) => skipped)).toBe(true);
  });

  test('the files whose names match, of a folder and of all; what is packed is called so', async () => {
    const { client } = await world(files);
    const names = async (choice: object) =>
      (await datasets.download(client, { owner, slug, ...choice }, scratch())).map(({ name }) => name);
    expect(await names({ pattern: /\.csv$/g })).toEqual([
      'a/b/deep/two.csv.zip',
      'a/b/one.csv',
      'a/bc/no.csv',
      'top.csv',
    ]);
    expect(await names({ folder: 'a/b', pattern: /o/ })).toEqual(['a/b/deep/two.csv.zip', 'a/b/one.csv']);
    expect(await names({ pattern: /none/ })).toEqual([]);
  });

  test('what is packed never takes the place of another file that is called so', async () => {
    const twice = async (names: string[], options = {}) => {
      const { client, emulator } = await world({ 'a/two.csv': large, 'a/one.csv': 'one' });
      const [version] = emulator.state.datasets.get(`${owner}/${slug}`)!.versions;
      for (const name of names) version!.files.push({ name, data: new TextEncoder().encode('mine'), created: 0 });
      const folder = scratch();
      const error = await datasets.download(client, { owner, slug, folder: 'a' }, folder, options).then(
        () => undefined,
        (error: Error) => error.message,
      );
      return { error, found: filesIn(folder) };
    };
    for (const name of ['a/two.csv.zip', 'a/TWO.csv.ZIP']) {
      const message =
        'cannot save "a/two.csv": Kaggle sends it zipped, and "a/two.csv.zip" is the name of another file; pass { unzip: true }';
      expect((await twice([name])).error).toBe(message);
      const { error, found } = await twice([name], { unzip: true });
      expect(error).toBeUndefined();
      expect(found).toEqual({ 'a/two.csv': large, 'a/one.csv': 'one', [name]: 'mine' });
    }
  });

  test('all files are those of one version, also when another is made meanwhile', async () => {
    const { client, traffic } = await world({ 'a/1.txt': 'old', 'a/2.txt': 'old' });
    let made = false;
    const folder = scratch();
    const onProgress = () => {
      made = true;
    };
    const call = client.call.bind(client) as (...args: unknown[]) => Promise<unknown>;
    const watching = {
      ...client,
      call: async (...args: unknown[]) => {
        const result = await call(...args);
        if ((args[0] as { name?: string }).name === 'ListDatasetFiles' && !made) {
          made = true;
          const next = [{ name: 'a/1.txt', data: 'new' }];
          await datasets.createVersion(client, { owner, slug, files: next });
        }
        return result;
      },
    } as typeof client;
    await datasets.download(watching, { owner, slug, folder: 'a' }, folder, { onProgress });
    expect(filesIn(folder)).toEqual({ 'a/1.txt': 'old', 'a/2.txt': 'old' });
    expect(traffic.calls).toContain('CreateDatasetVersion');
  });

  test('while a newer version is processed, the one before is given', async () => {
    const { client, emulator } = await world({ 'a/1.txt': 'old' });
    emulator.options.processing = 3_600_000;
    await datasets.createVersion(client, { owner, slug, files: [{ name: 'a/1.txt', data: 'new' }] });
    const folder = scratch();
    await datasets.download(client, { owner, slug, folder: 'a' }, folder);
    expect(filesIn(folder)).toEqual({ 'a/1.txt': 'old' });
  });

  test('what cannot be meant is refused', async () => {
    const { client, traffic } = await world({ 'a/1.txt': 'x' });
    const get = (choice: object, target: string | WritableStream<Uint8Array> = scratch()) =>
      datasets.download(client, { owner, slug, ...choice }, target).catch((error: unknown) => error);
    expect(await get({ folder: 'a', file: 'b' })).toBeInstanceOf(ValidationError);
    expect(await get({ folder: '' })).toBeInstanceOf(ValidationError);
    expect(await get({ pattern: '[' })).toBeInstanceOf(ValidationError);
    expect(await get({ folder: 'a' }, new WritableStream<Uint8Array>())).toBeInstanceOf(ValidationError);
    expect(traffic.calls).toEqual([]);
    const missing = await get({ folder: 'b' });
    expect(missing).toBeInstanceOf(NotFoundError);
    expect(String(missing)).toContain('alice/many-files has no folder "b"');
  });

  test('one file that fails makes it fail, with its name', async () => {
    const { client, emulator } = await world(files);
    emulator.faults.add({ kind: 'wrongHash', match: { path: '/one.csv' }, times: 9 });
    await expect(datasets.download(client, { owner, slug, folder: 'a/b' }, scratch())).rejects.toThrow('a/b/one.csv');
  });
});

test('offline, a choice that is none is still a ValidationError', async () => {
  await expect(datasets.download(offline(), { owner, slug, folder: '/' }, scratch())).rejects.toThrow(ValidationError);
});
