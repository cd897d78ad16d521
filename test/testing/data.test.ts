import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  scriptedExecutor,
  serveEmulator,
} from '../../src/testing/index.ts';
import { scratch } from './scratch.ts';
import {
  type Answer,
  datasetsApi,
  ended,
  kernelsApi,
  makeDataset,
  push,
  rpc,
  status,
  upload,
  wrote,
} from './support.ts';

/** Copies its inputs to its output; a text of `wait` runs until it is stopped. */
const executor = scriptedExecutor(async ({ text, inputs, onOutput, signal }) => {
  onOutput('stdout', 'first\n');
  onOutput('stderr', 'second\n');
  if (text === 'wait') await new Promise((resolve) => signal.addEventListener('abort', resolve));
  // As inputs are handed to a worker.
  return { files: structuredClone(inputs).flatMap(({ files }) => [...files]) };
});

const open: Emulator[] = [];
/** An emulator that has the folder. */
async function start(data: string, options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = createEmulator({ data, executor, lag: 0, processing: 0, ...options });
  open.push(emulator);
  await emulator.ready;
  return emulator;
}
afterEach(() => close());

const close = () => Promise.all(open.splice(0).map((emulator) => emulator.close()));

/** Whether emulators end as by a kill: what they save after `restart` was called is lost. */
let killing = false;

async function restart(data: string, options?: EmulatorOptions): Promise<Emulator> {
  const snapshot = join(scratch(), 'data');
  if (killing) cpSync(data, snapshot, { recursive: true });
  await close();
  if (killing) {
    rmSync(data, { recursive: true });
    cpSync(snapshot, data, { recursive: true });
    rmSync(join(data, 'emulator.lock'), { force: true });
  }
  return start(data, options);
}

const myData = { ownerSlug: 'alice', datasetSlug: 'my-data' };
async function read(emulator: Emulator, fileName: string, more: object = {}): Promise<Response> {
  const { headers } = await rpc(emulator, `${datasetsApi}/DownloadDatasetRaw`, { ...myData, fileName, ...more });
  return emulator.fetch(new Request(headers.get('location')!));
}
const readText = async (...args: Parameters<typeof read>) => (await read(...args)).text();

describe.each([
  ['an orderly end', false, 'the emulator was closed'],
  ['a kill', true, 'the emulator stopped while the kernel was running'],
])('after %s', (_name, kill, interrupted) => {
  beforeEach(() => {
    killing = kill;
  });
  afterAll(() => {
    killing = false;
  });

  test('datasets are there, with all versions, descriptions, bytes and checksums', async () => {
    const folder = scratch();
    const first = await start(folder);
    await makeDataset(first, { 'a.txt': 'one', 'sub/b.txt': 'two', 'empty.txt': '' });
    await makeDataset(first, { 'a.txt': 'three' });
    const settings = { title: 'Other title', description: 'words', isPrivate: true, keywords: ['tabular'] };
    await rpc(first, `${datasetsApi}/UpdateDatasetMetadata`, { ...myData, settings });
    const described = (await rpc(first, `${datasetsApi}/GetDataset`, myData)).json;
    const before = (await read(first, 'sub/b.txt', { datasetVersionNumber: 1 })).headers;
    const second = await restart(folder);
    expect((await second.ready).loaded).toEqual({ datasets: 1, kernels: 0 });
    expect((await rpc(second, `${datasetsApi}/GetDataset`, myData)).json).toEqual(described);
    expect(await readText(second, 'a.txt')).toBe('three');
    expect(await readText(second, 'a.txt', { datasetVersionNumber: 1 })).toBe('one');
    expect(await readText(second, 'empty.txt', { datasetVersionNumber: 1 })).toBe('');
    const after = (await read(second, 'sub/b.txt', { datasetVersionNumber: 1 })).headers;
    for (const name of ['etag', 'last-modified', 'x-goog-hash']) expect(after.get(name)).toBe(before.get(name));
    await makeDataset(second, { 'a.txt': 'four' });
    expect(await readText(await restart(folder), 'a.txt', { datasetVersionNumber: 3 })).toBe('four');
  });

  test('a part of a file is read as a part of it', async () => {
    const folder = scratch();
    await makeDataset(await start(folder), { 'a.txt': '0123456789' });
    const second = await restart(folder);
    const { headers } = await rpc(second, `${datasetsApi}/DownloadDatasetRaw`, { ...myData, fileName: 'a.txt' });
    const part = await second.fetch(new Request(headers.get('location')!, { headers: { range: 'bytes=3-5' } }));
    expect([part.status, await part.text()]).toEqual([206, '345']);
  });

  test('no bytes are read before somebody asks for them', async () => {
    const folder = scratch();
    await makeDataset(await start(folder), { 'a.txt': 'one', 'b.txt': 'more' });
    renameSync(join(folder, 'blobs'), join(folder, 'elsewhere'));
    // Sessions that were used name no bytes of their own, and the swept folder is empty.
    const second = await restart(folder);
    const { json } = await rpc(second, `${datasetsApi}/GetDatasetFilesSummary`, myData);
    expect(json.fileSummaryInfo.fileTypes).toEqual([{ extension: '.txt', fileCount: 2, totalSize: 7 }]);
    renameSync(join(folder, 'blobs'), join(folder, 'empty'));
    renameSync(join(folder, 'elsewhere'), join(folder, 'blobs'));
    expect(await readText(second, 'b.txt')).toBe('more');
  });

  test('what is deleted stays so, with its name, and its bytes are gone', async () => {
    const folder = scratch();
    const first = await start(folder);
    await makeDataset(first, { 'a.txt': 'one' });
    await push(first, 'done');
    await ended(first);
    await rpc(first, `${datasetsApi}/DeleteDataset`, myData);
    await rpc(first, `${kernelsApi}/DeleteKernel`, { userName: 'alice', kernelSlug: 'first-kernel' });
    const second = await restart(folder);
    expect([second.state.datasets.size, second.state.kernels.size]).toEqual([0, 0]);
    expect(readdirSync(join(folder, 'blobs'))).toEqual([]);
    const { json } = await makeDataset(second, { 'a.txt': 'one' });
    expect(json.error).toContain('already in use');
  });

  test('a dataset that is deleted while its archive is unpacked does not come back', async () => {
    const folder = scratch();
    const first = await start(folder);
    const gzip = new Response(new Blob(['a,b']).stream().pipeThrough(new CompressionStream('gzip')));
    const token = await upload(first, 'a.csv.gz', new Uint8Array(await gzip.arrayBuffer()));
    const create = { ownerSlug: 'alice', slug: 'my-data', title: 'My data', files: [{ token }] };
    const made = rpc(first, `${datasetsApi}/CreateDataset`, create);
    while (first.state.datasets.size === 0) await Promise.resolve();
    expect((await rpc(first, `${datasetsApi}/DeleteDataset`, myData)).status).toBe(200);
    await made;
    expect((await restart(folder)).state.datasets.size).toBe(0);
  });

  test('kernels are there: versions, source, log, output, and who may see them', async () => {
    const folder = scratch();
    const first = await start(folder);
    await makeDataset(first, { 'a.txt': 'one' });
    await push(first, 'old');
    await ended(first);
    await push(first, 'new', { datasetDataSources: ['alice/my-data'], isPrivate: false });
    await ended(first);
    const kernel = { userName: 'alice', kernelSlug: 'first-kernel' };
    const seen = async (emulator: Emulator, versionLabel: string) => {
      const ask = async (method: string) =>
        (await rpc(emulator, `${kernelsApi}/${method}`, { ...kernel, versionLabel })).json;
      const { files, log } = await ask('ListKernelSessionOutput');
      const contents = files.map(async ({ url }: { url: string }) => (await emulator.fetch(new Request(url))).text());
      return [await ask('GetKernel'), await ask('GetKernelSessionStatus'), log, await Promise.all(contents)];
    };
    const before = [await seen(first, 'v1'), await seen(first, 'v2')];
    expect(before[1]!.slice(1)).toEqual([{ status: 'COMPLETE' }, expect.stringContaining('second'), ['one']]);
    const second = await restart(folder);
    expect([await seen(second, 'v1'), await seen(second, 'v2')]).toEqual(before);
    await push(second, 'third');
    expect((await ended(second)).status).toBe('COMPLETE');
    expect((await restart(folder)).state.kernels.get('alice/first-kernel')!.versions.map(({ text }) => text)).toEqual([
      ...['old', 'new', 'third'],
    ]);
  });

  test('ids, tokens and upload sessions are not given out again', async () => {
    const folder = scratch();
    const seen: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const emulator = await restart(folder);
      seen.push(await upload(emulator, 'a.txt', 'x'));
      const { json } = await rpc(emulator, 'users.AccountService/GenerateAccessToken');
      seen.push(json.token);
      await push(emulator, 'done', { slug: `alice/job-number-${turn}`, newTitle: `Job number ${turn}` });
      const { id, versions } = emulator.state.kernels.get(`alice/job-number-${turn}`)!;
      seen.push(String(id), String(versions[0]!.sessionId));
    }
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('users stay; tokens that were made count, those that were ended do not', async () => {
    const folder = scratch();
    const users = [{ username: 'alice', userId: 1, token: 'KGAT_test', refreshToken: 'KGRT_alice' }];
    const first = await start(folder, { users });
    const generate = async (emulator: Emulator, body: object, by?: string): Promise<Answer> =>
      rpc(emulator, 'users.AccountService/GenerateAccessToken', body, by);
    const { token } = (await generate(first, {})).json;
    const { token: gone } = (await generate(first, {})).json;
    for (const ending of [gone, 'KGRT_alice'])
      await rpc(first, 'users.AccountService/ExpireApiToken', { token: ending, reason: 'test' });
    const second = await restart(folder);
    const hello = async (by: string) => (await rpc(second, 'api.v1.DiagnosticsService/Hello', {}, by)).status;
    expect(await Promise.all(['KGAT_test', token, gone, 'KGAT_bob'].map(hello))).toEqual([200, 200, 401, 401]);
    const third = await restart(folder, { users: [{ ...users[0]!, token: 'KGAT_new' }] });
    expect((await rpc(third, 'api.v1.DiagnosticsService/Hello', {}, 'KGAT_new')).json).toEqual({ userName: 'alice' });
    expect((await generate(third, { refreshToken: 'KGRT_alice' }, '')).status).toBe(401);
  });

  test('used time of accelerators counts', async () => {
    const folder = scratch();
    let now = Date.UTC(2026, 5, 3);
    const options = { now: () => now };
    const first = await start(folder, options);
    await push(first, 'wait', { machineShape: 'NvidiaTeslaT4' });
    await wrote(first, 'second');
    now += 3_600_000;
    await rpc(first, `${kernelsApi}/CancelKernelSession`, {
      kernelSessionId: first.state.kernels.get('alice/first-kernel')!.versions[0]!.sessionId,
    });
    await ended(first);
    const { json } = await rpc(await restart(folder, options), `${kernelsApi}/GetAcceleratorQuotaStatistics`);
    expect(json.gpuQuota).toMatchObject({ timeUsed: '3600s', timeReserved: '0s' });
  });

  test('an upload goes on where it was, and is checked as a whole', async () => {
    const folder = scratch();
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
    const first = await start(folder);
    const request = { type: 'DATASET', name: 'big.bin', contentLength: bytes.length };
    const { createUrl, token } = (await rpc(first, 'blobs.BlobApiService/StartBlobUpload', request)).json;
    const put = (emulator: Emulator, range: string, body?: Uint8Array<ArrayBuffer>) =>
      emulator.fetch(
        new Request(createUrl, { method: 'PUT', headers: { 'content-range': range }, body: body ?? null }),
      );
    await put(first, 'bytes 0-262143/300000', bytes.slice(0, 262_144));
    const second = await restart(folder);
    const asked = await put(second, 'bytes */300000');
    expect([asked.status, asked.headers.get('range')]).toEqual([308, 'bytes=0-262143']);
    const last = await put(second, 'bytes 262144-299999/300000', bytes.slice(262_144));
    const whole = createHash('md5').update(bytes).digest('base64');
    expect(await last.json()).toMatchObject({ size: '300000', md5Hash: whole });
    const third = await restart(folder);
    const create = { ownerSlug: 'alice', slug: 'my-data', title: 'My data', files: [{ token }] };
    expect((await rpc(third, `${datasetsApi}/CreateDataset`, create)).json.status).toBe('ok');
    const fourth = await restart(folder);
    expect(await (await put(fourth, 'bytes */300000')).json()).toMatchObject({ md5Hash: whole });
    expect(new Uint8Array(await (await read(fourth, 'big.bin')).arrayBuffer())).toEqual(bytes);
    const again = await rpc(fourth, `${datasetsApi}/CreateDataset`, { ...create, slug: 'my-data-2' });
    expect(again.json.error.message).toBe('the upload token of "big.bin" was already used; upload the file again');
  });

  test('what only waited is run; what ran has failed, and says why, with the log that it had', async () => {
    const folder = scratch();
    const first = await start(folder, { concurrency: 1 });
    await push(first, 'wait');
    await wrote(first, 'second');
    await push(first, 'done', { slug: 'alice/second-kernel', newTitle: 'Second kernel' });
    const second = await restart(folder);
    expect(await status(second)).toEqual({ status: 'ERROR', failureMessage: interrupted });
    expect((await ended(second)).stderr).toBe(`second\n${interrupted}\n`);
    expect((await ended(second, 'second-kernel')).status).toBe('COMPLETE');
  });

  test('reset() empties the folder', async () => {
    const folder = scratch();
    const first = await start(folder);
    await makeDataset(first, { 'a.txt': 'one' });
    await push(first, 'done');
    await first.reset();
    expect(readdirSync(join(folder, 'blobs'))).toEqual([]);
    const second = await restart(folder);
    expect((await second.ready).loaded).toEqual({ datasets: 0, kernels: 0 });
    expect((await makeDataset(second, { 'a.txt': 'two' })).json.status).toBe('ok');
  });
});

test('fixtures add only what was never added: changes and deletions stay', async () => {
  const folder = scratch();
  const dataset = (slug: string) => ({ owner: 'alice', slug, files: { 'a.txt': 'fixture' } });
  const fixtures = {
    datasets: [dataset('my-data'), dataset('deleted')],
    kernels: [{ owner: 'alice', slug: 'first-kernel', text: 'x' }],
  };
  const first = await start(folder, { fixtures });
  await ended(first);
  await makeDataset(first, { 'a.txt': 'mine' });
  await rpc(first, `${datasetsApi}/DeleteDataset`, { ...myData, datasetSlug: 'deleted' });
  await rpc(first, `${kernelsApi}/DeleteKernel`, { userName: 'alice', kernelSlug: 'first-kernel' });
  const second = await restart(folder, {
    fixtures: { ...fixtures, datasets: [...fixtures.datasets, dataset('another')] },
  });
  expect(await second.ready).toEqual({ loaded: { datasets: 1, kernels: 0 }, added: { datasets: 1, kernels: 0 } });
  expect([...second.state.datasets.keys()]).toEqual(['alice/my-data', 'alice/another']);
  expect(await readText(second, 'a.txt')).toBe('mine');
  expect(second.state.kernels.size).toBe(0);
});

test('invalid fixtures leave the folder unlocked and unchanged', async () => {
  const folder = scratch();
  await makeDataset(await start(folder), { 'a.txt': 'one' });
  const fixtures = { datasets: [{ owner: 'alice', slug: 'tiny', files: { a: '' } }] };
  await expect(restart(folder, { fixtures })).rejects.toThrow('between 6 and 50');
  expect(await readText(await start(folder), 'a.txt')).toBe('one');
});

describe('the folder', () => {
  const opened = async (folder: string) => {
    await restart(folder);
    await close();
    return folder;
  };

  test('is for its user alone', async () => {
    const folder = scratch();
    const emulator = await start(join(folder, 'new', 'data'));
    await makeDataset(emulator, { 'a.txt': 'one' });
    await push(emulator, 'done');
    await ended(emulator);
    const below = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const modes = below.map(({ parentPath, name }) => statSync(join(parentPath, name)).mode & 0o77);
    expect(modes.length).toBeGreaterThan(6);
    expect(new Set(modes)).toEqual(new Set([0]));
  });

  test('is for one emulator at a time', async () => {
    const folder = scratch();
    await start(folder);
    await expect(start(folder)).rejects.toThrow(
      `${folder} is in use by another emulator (process ${process.pid}); stop it, or use another folder`,
    );
  });

  test('is free again when a port could not be opened', async () => {
    const folder = scratch();
    const other = await serveEmulator({ executor });
    const port = Number(new URL(other.url).port);
    await expect(serveEmulator({ executor, data: folder, port })).rejects.toThrow('already in use');
    await other.close();
    await start(folder);
  });

  test('is not taken from somebody else', async () => {
    const folder = scratch({ 'thesis.txt': 'words' });
    await expect(start(folder)).rejects.toThrow(
      `${folder} is not a data folder of the emulator: it contains "thesis.txt"`,
    );
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
    const file = join(folder, 'thesis.txt');
    await expect(start(file)).rejects.toThrow(`cannot create the folder "${file}"`);
  });

  test('of another format is refused', async () => {
    const folder = await opened(scratch());
    const path = join(folder, 'emulator.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"format":1', '"format":2'));
    await expect(start(folder)).rejects.toThrow(
      /has data format 2, but this version of kaggle-ts supports format 1; use the version/,
    );
  });

  test.each([
    ['emulator.json', '{"form', 'invalid JSON'],
    ['emulator.json', '{"format":1}', 'began is missing'],
    ['datasets/1000/dataset.json', '{"id":"x"}', 'id: expected number'],
    ['datasets/1000/v1.json', '', 'invalid JSON'],
    ['kernels/1001/v1.log', 'x\n', 'line 1 is not a valid log line'],
  ])('that something else has changed is refused: %s is %j', async (path, content, why) => {
    const folder = scratch();
    const emulator = await start(folder);
    await makeDataset(emulator, { 'a.txt': 'one' });
    await push(emulator, 'done');
    await ended(emulator);
    await opened(folder);
    const before = readFileSync(join(folder, path));
    writeFileSync(join(folder, path), content);
    const error = await start(folder).catch((reason: Error) => reason.message);
    expect(error).toContain(`cannot read ${join(folder, path)}`);
    expect(error).toContain(why);
    writeFileSync(join(folder, path), before);
    expect(await readText(await start(folder), 'a.txt')).toBe('one');
  });

  test('what writes were cut off is no harm: leftovers go, and the last line of a log', async () => {
    const folder = scratch();
    const first = await start(folder);
    await makeDataset(first, { 'a.txt': 'one' });
    await push(first, 'done');
    await ended(first);
    await opened(folder);
    const leftovers = ['emulator.json.new', 'blobs/half', 'datasets/1000/v2.json', 'datasets/1000/dataset.json.new'];
    for (const path of leftovers) writeFileSync(join(folder, path), '{"ha');
    const log = join(folder, 'kernels/1001/v1.log');
    writeFileSync(log, `${readFileSync(log, 'utf8')}{"stream_na`);
    const second = await restart(folder);
    expect((await ended(second)).stdout).toBe('first\n');
    expect(await readText(second, 'a.txt')).toBe('one');
    expect(readdirSync(join(folder, 'datasets/1000')).sort()).toEqual(['dataset.json', 'v1.json']);
    expect(readdirSync(join(folder, 'blobs'))).not.toContain('half');
  });

  test('that takes nothing more is said in the answer, and nothing is claimed to be there', async () => {
    const folder = scratch();
    const emulator = await start(folder);
    await makeDataset(emulator, { 'a.txt': 'one' });
    renameSync(join(folder, 'datasets'), join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'datasets'), 'a file');
    const { status, json } = await makeDataset(emulator, { 'a.txt': 'two' });
    expect(status).toBe(500);
    expect(json.error.message).toContain(join(folder, 'datasets'));
  });
});

test('the source of a kernel is returned unchanged, whatever its characters', async () => {
  const folder = scratch();
  const source = 'print("ä\u2028\u0000😀\\n")\n';
  const first = await start(folder);
  await push(first, source);
  await ended(first);
  const second = await restart(folder);
  expect(second.state.kernels.get('alice/first-kernel')!.versions[0]!.text).toBe(source);
});
