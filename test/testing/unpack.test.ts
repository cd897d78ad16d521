import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BlobReader, BlobWriter, TextReader, ZipReader, ZipWriter } from '@zip.js/zip.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../src/testing/index.ts';
import { datasetsApi, quiet, rpc, upload } from './support.ts';

/** Archives made by others: GNU tar, and the zip writer of zip.js. */
let folder: string;
const long = `${'long/'.repeat(30)}name.txt`;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-unpack-'));
  for (const [name, text] of Object.entries({ 'a.txt': 'one', 'sub/b.txt': 'two'.repeat(1000), [long]: 'deep' })) {
    mkdirSync(join(folder, 'data', name, '..'), { recursive: true });
    writeFileSync(join(folder, 'data', name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tar(...options: string[]): Uint8Array<ArrayBuffer> {
  const file = join(folder, 'made.tar');
  execFileSync('tar', [...options, '-cf', file, '-C', join(folder, 'data'), '.']);
  return new Uint8Array(readFileSync(file));
}

async function zip(options: object): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new BlobWriter(), options);
  await writer.add('sub', undefined as never, { directory: true });
  await writer.add('a.txt', new TextReader('one'));
  await writer.add('sub/b.txt', new TextReader('two'.repeat(1000)));
  await writer.add(long, new BlobReader(new Blob(['deep'])));
  return new Uint8Array(await (await writer.close()).arrayBuffer());
}

/** The files of a version made of `inputs`, by name. */
async function made(inputs: Record<string, string | Uint8Array<ArrayBuffer>>, emulator: Emulator = quiet()) {
  const files = [];
  for (const [name, data] of Object.entries(inputs)) files.push({ token: await upload(emulator, name, data) });
  const request = { slug: 'packed-data', title: 'Packed data', files };
  expect((await rpc(emulator, `${datasetsApi}/CreateDataset`, request)).json.status).toBe('ok');
  const version = emulator.state.datasets.get('alice/packed-data')!.versions[0]!;
  return Object.fromEntries(version.files.map(({ name, data }) => [name, new TextDecoder().decode(data)]));
}

const expected = { 'a.txt': 'one', 'sub/b.txt': 'two'.repeat(1000), [long]: 'deep' };

test.each([
  ['data.zip', () => zip({})],
  ['data.zip', () => zip({ level: 0 })],
  ['data.zip', () => zip({ zip64: true })],
  ['data.zip', () => zip({ dataDescriptor: true, keepOrder: true })],
  ['data.tar', () => tar('--format=gnu')],
  ['data.tar', () => tar('--format=posix')],
  ['data.tar.gz', () => tar('-z')],
  ['data.tgz', () => tar('-z', '--format=ustar')],
])('%s: alone it becomes the version, beside others a folder', async (name, make) => {
  const archive = await make();
  expect(await made({ [name]: archive })).toEqual(expected);
  const inFolder = Object.fromEntries(Object.entries(expected).map(([file, text]) => [`data/${file}`, text]));
  expect(await made({ [name]: archive, 'other.txt': 'x' })).toEqual({ ...inFolder, 'other.txt': 'x' });
});

test('a file that is compressed with gzip is unpacked in its place; what only has the name stays', async () => {
  const emulator = quiet();
  const packed = new Uint8Array(gzipSync('voxels'));
  expect(await made({ 'scan.nii.gz': packed, 'other.gz': 'not packed' }, emulator)).toEqual({
    'scan.nii': 'voxels',
    'other.gz': 'not packed',
  });
});

test('a damaged archive, or a file that only has the name of one, stays unchanged', async () => {
  const damaged = await zip({ level: 0 });
  damaged[Buffer.from(damaged).indexOf('twotwo')]! ^= 0xff;
  const files = await made({ 'a.zip': 'no archive', 'b.zip': damaged, 'c.tar.gz': 'none', 'd.tar': 'x'.repeat(2000) });
  expect(Object.keys(files)).toEqual(['a.zip', 'b.zip', 'c.tar.gz', 'd.tar']);
});

test('entries that leave the archive are dropped', async () => {
  const writer = new ZipWriter(new BlobWriter());
  for (const name of ['../up.txt', 'a/../../up.txt', '/absolute.txt', './good.txt'])
    await writer.add(name, new TextReader(name));
  const data = new Uint8Array(await (await writer.close()).arrayBuffer());
  expect(Object.keys(await made({ 'data.zip': data }))).toEqual(['absolute.txt', 'good.txt']);
});

test('a token given twice in one request is refused, and stays valid', async () => {
  const emulator = quiet();
  const token = await upload(emulator, 'a.txt', 'x');
  const create = async (files: object[]) =>
    (await rpc(emulator, `${datasetsApi}/CreateDataset`, { slug: 'some-data', title: 'Some data', files })).json;
  expect((await create([{ token }, { token }])).error.message).toContain('given twice');
  expect((await create([{ token }])).status).toBe('ok');
});

test('a version with archives is downloaded as one archive of their files', async () => {
  const emulator = quiet();
  await made({ 'data.zip': await zip({}) }, emulator);
  const request = { ownerSlug: 'alice', datasetSlug: 'packed-data' };
  const { headers } = await rpc(emulator, `${datasetsApi}/DownloadDataset`, request);
  const archive = await (await emulator.fetch(new Request(headers.get('location')!))).blob();
  const entries = await new ZipReader(new BlobReader(archive)).getEntries();
  expect(entries.map(({ filename }) => filename)).toEqual(Object.keys(expected).sort());
});
