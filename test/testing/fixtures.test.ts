import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, type Fixtures, type Job, scriptedExecutor } from '../../src/testing/index.ts';
import { scratch } from './scratch.ts';
import { datasetsApi, ended, kernelsApi, makeDataset, quiet, rpc, upload } from './support.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The bytes of one file of a dataset, and the checksums that the storage tells. */
async function download(
  emulator: Emulator,
  datasetSlug: string,
  fileName: string,
  ownerSlug = 'alice',
  token?: string,
) {
  const request = { ownerSlug, datasetSlug, fileName };
  const { headers } = await rpc(emulator, `${datasetsApi}/DownloadDatasetRaw`, request, token);
  const response = await emulator.fetch(new Request(headers.get('location')!));
  return { bytes: new Uint8Array(await response.arrayBuffer()), hash: response.headers.get('x-goog-hash') };
}

async function names(emulator: Emulator, ownerSlug: string, datasetSlug: string, datasetVersionNumber?: number) {
  const request = { ownerSlug, datasetSlug, datasetVersionNumber };
  const { json } = await rpc(emulator, `${datasetsApi}/ListDatasetFiles`, request, `KGAT_${ownerSlug}`);
  return json.datasetFiles.map(({ name }: { name: string }) => name);
}

describe('fixtures as plain data', () => {
  const binary = Uint8Array.from({ length: 1000 }, (_, index) => index);

  test('bytes, texts, blobs and streams are there, whole and READY at once, with the lag of every day', async () => {
    const stream = () => new Blob(['str', 'eam']).stream();
    const files = { 'a.txt': 'text', 'b/bin': binary, 'b/blob': new Blob(['blob']), c: stream(), d: stream, e: '' };
    const fixtures: Fixtures = { datasets: [{ owner: 'alice', slug: 'my-points', files }] };
    const emulator = quiet({ fixtures, lag: 3_600_000, processing: 3_600_000 });
    expect(await emulator.ready).toEqual({ loaded: { datasets: 0, kernels: 0 }, added: { datasets: 1, kernels: 0 } });
    expect(emulator.state.uploads.size).toBe(0);
    const request = { ownerSlug: 'alice', datasetSlug: 'my-points' };
    expect((await rpc(emulator, `${datasetsApi}/GetDatasetStatus`, request)).json).toEqual({ status: 'READY' });
    const read = async (name: string) => text((await download(emulator, 'my-points', name)).bytes);
    expect(await Promise.all(['a.txt', 'b/blob', 'c', 'd', 'e'].map(read))).toEqual([
      ...['text', 'blob', 'stream', 'stream', ''],
    ]);
    const { bytes, hash } = await download(emulator, 'my-points', 'b/bin');
    expect(bytes).toEqual(binary);
    expect(hash).toMatch(`,md5=${createHash('md5').update(binary).digest('base64')}`);
  });

  test('from there on they are datasets as any other', async () => {
    const fixtures = { datasets: [{ owner: 'alice', slug: 'my-data', files: { 'a.txt': '1' } }] };
    const emulator = quiet({ fixtures });
    await emulator.ready;
    await makeDataset(emulator, { 'b.txt': '2' });
    const { json } = await rpc(emulator, `${datasetsApi}/GetDataset`, { ownerSlug: 'alice', datasetSlug: 'my-data' });
    expect(json).toMatchObject({ currentVersionNumber: 2, title: 'my-data', isPrivate: true });
    expect(
      (await rpc(emulator, `${datasetsApi}/GetDataset`, { ownerSlug: 'alice', datasetSlug: 'my-data' }, 'KGAT_bob'))
        .status,
    ).toBe(403);
    const token = await upload(emulator, 'c.txt', '3');
    const again = { ownerSlug: 'alice', slug: 'my-data', title: 'My data', files: [{ token }] };
    expect((await rpc(emulator, `${datasetsApi}/CreateDataset`, again)).json.error).toContain('already in use');
  });

  test('archives are unpacked, as those of an upload are', async () => {
    const gzip = new Response(new Blob(['a,b']).stream().pipeThrough(new CompressionStream('gzip')));
    const files = { 'table.csv.gz': new Uint8Array(await gzip.arrayBuffer()) };
    const emulator = quiet({ fixtures: { datasets: [{ owner: 'bob', slug: 'packed-table', files }] } });
    expect(await names(emulator, 'bob', 'packed-table')).toEqual(['table.csv']);
  });

  test('a kernel with output has run; one without is run, with its data and the output of the other', async () => {
    const jobs: Job[] = [];
    const executor = scriptedExecutor((job) => {
      jobs.push(job);
      return { files: [{ name: 'new.txt', data: new TextEncoder().encode('new') }] };
    });
    const emulator = quiet({
      executor,
      fixtures: {
        datasets: [{ owner: 'alice', slug: 'my-points', files: { 'a.txt': '1' } }],
        kernels: [
          {
            owner: 'alice',
            slug: 'old-job',
            title: 'Old one',
            text: 'print(1)',
            output: { 'model/x.bin': binary },
            log: [{ stream_name: 'stdout', time: 2, data: 'trained\n' }],
          },
          {
            owner: 'alice',
            slug: 'new-job',
            text: 'print(2)',
            datasetDataSources: ['alice/my-points'],
            kernelDataSources: ['alice/old-job'],
          },
        ],
      },
    });
    await emulator.ready;
    expect((await ended(emulator, 'new-job')).files).toEqual({ 'new.txt': 'new' });
    expect(
      jobs.map((job) => [job.text, job.inputs.map(({ mount, files }) => [mount, files.map(({ name }) => name)])]),
    ).toEqual([
      [
        'print(2)',
        [
          ['datasets/alice/my-points', ['a.txt']],
          ['notebooks/alice/old-job', ['model/x.bin']],
        ],
      ],
    ]);
    const kernel = { userName: 'alice', kernelSlug: 'old-job' };
    const { json } = await rpc(emulator, `${kernelsApi}/ListKernelSessionOutput`, kernel);
    expect(JSON.parse(json.log)).toEqual([{ stream_name: 'stdout', time: 2, data: 'trained\n' }]);
    const response = await emulator.fetch(new Request(json.files[0].url));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(binary);
    expect((await rpc(emulator, `${kernelsApi}/GetKernel`, kernel)).json).toMatchObject({
      metadata: { title: 'Old one', currentVersionNumber: 1 },
      blob: { source: 'print(1)' },
    });
  });

  test('users are those that are given, and whoever owns something', async () => {
    const users = [{ username: 'carol', token: 'KGAT_secret', key: 'carol-key' }];
    const emulator = quiet({ fixtures: { users, datasets: [{ owner: 'dave', slug: 'of-dave', files: { a: '1' } }] } });
    const hello = async (token: string) => (await rpc(emulator, 'api.v1.DiagnosticsService/Hello', {}, token)).json;
    expect(await hello('KGAT_secret')).toEqual({ userName: 'carol' });
    expect(await hello('KGAT_dave')).toEqual({ userName: 'dave' });
    expect(await hello('KGAT_test')).toMatchObject({ error: { code: 401 } });
  });

  test('reset() goes back to them; a stream that was read cannot be', async () => {
    const datasets = (content: Fixtures) => quiet({ fixtures: content });
    const emulator = datasets({ datasets: [{ owner: 'alice', slug: 'my-data', files: { 'a.txt': '1' } }] });
    await emulator.ready;
    await makeDataset(emulator, { 'b.txt': '2' });
    await emulator.reset();
    expect(await names(emulator, 'alice', 'my-data').catch(() => 'denied')).toBe('denied');
    expect(text((await download(emulator, 'my-data', 'a.txt')).bytes)).toBe('1');
    const files = { 'a.txt': new Blob(['1']).stream() };
    const once = datasets({ datasets: [{ owner: 'alice', slug: 'my-data', files }] });
    await once.ready;
    await expect(once.reset()).rejects.toThrow('"a.txt": the stream has already been read; pass a function');
  });

  test.each<[string, Fixtures]>([
    [
      'datasets/alice/tiny: The dataset slug must be between 6 and 50 characters',
      { datasets: [{ owner: 'alice', slug: 'tiny', files: { a: '' } }] },
    ],
    [
      'datasets/alice/my_points: invalid slug "my_points": dataset slugs cannot contain spaces or underscores',
      { datasets: [{ owner: 'alice', slug: 'my_points', files: { a: '' } }] },
    ],
    [
      'datasets/alice/no-files: no files: a dataset version needs at least one',
      { datasets: [{ owner: 'alice', slug: 'no-files' }] },
    ],
    [
      'invalid file name "../a": it contains the path segment ".."',
      { datasets: [{ owner: 'alice', slug: 'bad-names', files: { '../a': '' } }] },
    ],
    [
      '"a": expected a string, bytes, a Blob, a stream or a function, got 5',
      { datasets: [{ owner: 'alice', slug: 'bad-bytes', files: { a: 5 as never } }] },
    ],
    ['defined twice', { datasets: ['my-data', 'My-Data'].map((slug) => ({ owner: 'alice', slug, files: { a: '' } })) }],
    [
      'datasets/alice/same-name: a kernel of the same owner has the same slug',
      {
        datasets: [{ owner: 'alice', slug: 'same-name', files: { a: '' } }],
        kernels: [{ owner: 'alice', slug: 'same-name', text: '' }],
      },
    ],
    [
      'invalid slug "My Job": Kaggle would change it to "my-job"',
      { kernels: [{ owner: 'alice', slug: 'My Job', text: '' }] },
    ],
    [
      'invalid title "Job": expected at least 5 characters',
      { kernels: [{ owner: 'alice', slug: 'my-job', title: 'Job', text: '' }] },
    ],
    [
      'the source is larger than 1.5 MB',
      { kernels: [{ owner: 'alice', slug: 'my-job', text: 'x'.repeat(2_000_000) }] },
    ],
  ])('what Kaggle would refuse is rejected: %s', async (message, fixtures) => {
    const emulator = quiet({ fixtures });
    await expect(emulator.ready).rejects.toThrow(message);
    await expect(rpc(emulator, 'api.v1.DiagnosticsService/Hello')).rejects.toThrow(message);
  });
});

describe('fixtures from a folder', () => {
  const id = (name: string, more: object = {}) => JSON.stringify({ id: name, ...more });

  test('users, datasets and kernels as the official client has them', async () => {
    const folder = scratch({
      'README.md': 'not a fixture',
      '.git/refs/heads/main': 'hidden',
      'users.json': '\uFEFF[{ "username": "carol", "token": "KGAT_carol", "gpuSecondsLeft": 60 }]',
      'datasets/carol/sales-2024/dataset-metadata.json': id('carol/sales-2024', {
        title: 'Sales of 2024',
        licenses: [{ name: 'CC0-1.0' }],
        keywords: ['tabular'],
        isPrivate: false,
        resources: [{ path: 'a.csv', description: 'all' }],
      }),
      'datasets/carol/sales-2024/a.csv': 'x\n1\n',
      'datasets/carol/sales-2024/deep/er/b.csv': 'y\n',
      'datasets/carol/.DS_Store': '',
      'datasets/carol/two-versions/v1/a.txt': 'one',
      'datasets/carol/two-versions/v2/a.txt': 'two',
      'datasets/carol/two-versions/v2/v1/b.txt': 'more',
      'kernels/carol/old-job/kernel-metadata.json': id('carol/old-job', {
        title: 'Old job',
        code_file: 'train.ipynb',
        language: 'python',
        kernel_type: 'notebook',
        is_private: 'false',
        enable_internet: true,
        machine_shape: 'NvidiaTeslaT4',
        dataset_sources: ['carol/sales-2024'],
        kernel_sources: [],
      }),
      'kernels/carol/old-job/train.ipynb': '{"cells":[]}',
      'kernels/carol/old-job/output/sub/model.bin': 'weights',
      'kernels/carol/old-job/output/old-job.log': '[{"stream_name":"stderr","time":1.5,"data":"done\\n"}]',
      'kernels/carol/no-output/kernel-metadata.json': id('carol/no-output', { code_file: 'a.py' }),
      'kernels/carol/no-output/a.py': 'print(1)',
      'kernels/carol/no-output/no-output.log': 'plain\nlines\n',
    });
    mkdirSync(join(folder, 'kernels/carol/no-output/output'));
    const emulator = quiet({ fixtures: folder });
    expect((await emulator.ready).added).toEqual({ datasets: 2, kernels: 2 });
    const ask = async (method: string, more: object) => (await rpc(emulator, method, more, 'KGAT_carol')).json;
    const sales = { ownerSlug: 'carol', datasetSlug: 'sales-2024' };
    expect(await ask(`${datasetsApi}/GetDataset`, sales)).toMatchObject({
      title: 'Sales of 2024',
      licenseName: 'CC0-1.0',
      isPrivate: false,
      tags: [{ name: 'tabular' }],
    });
    expect(await names(emulator, 'carol', 'sales-2024')).toEqual(['a.csv', 'deep/er/b.csv']);
    expect(text((await download(emulator, 'sales-2024', 'a.csv', 'carol', 'KGAT_carol')).bytes)).toBe('x\n1\n');
    expect(await names(emulator, 'carol', 'two-versions', 1)).toEqual(['a.txt']);
    expect(await names(emulator, 'carol', 'two-versions')).toEqual(['a.txt', 'v1/b.txt']);
    const kernel = { userName: 'carol', kernelSlug: 'old-job' };
    expect(await ask(`${kernelsApi}/GetKernel`, kernel)).toMatchObject({
      metadata: {
        title: 'Old job',
        kernelType: 'notebook',
        isPrivate: false,
        machineShape: 'NvidiaTeslaT4',
        datasetDataSources: ['carol/sales-2024'],
      },
      blob: { source: '{"cells":[]}' },
    });
    const output = await ask(`${kernelsApi}/ListKernelSessionOutput`, kernel);
    expect(output.files.map(({ fileName }: { fileName: string }) => fileName)).toEqual(['sub/model.bin']);
    expect(JSON.parse(output.log)).toEqual([{ stream_name: 'stderr', time: 1.5, data: 'done\n' }]);
    const plain = await ask(`${kernelsApi}/ListKernelSessionOutput`, { ...kernel, kernelSlug: 'no-output' });
    expect(JSON.parse(plain.log).map(({ data }: { data: string }) => data)).toEqual(['plain\n', 'lines\n']);
    expect(plain.files).toEqual([]);
  });

  const dataset = (metadata: string) => ({
    'datasets/alice/my-data/dataset-metadata.json': metadata,
    'datasets/alice/my-data/a': '',
  });
  const kernel = (metadata: object, more: Record<string, string> = {}) => ({
    'kernels/alice/my-job/kernel-metadata.json': JSON.stringify({ id: 'alice/my-job', code_file: 'a.py', ...metadata }),
    'kernels/alice/my-job/a.py': '',
    ...more,
  });
  test.each<[string, Record<string, string>]>([
    ['datasets/alice/my-data/dataset-metadata.json: invalid JSON (', dataset('{ "title": ')],
    ['datasets/alice/my-data/dataset-metadata.json: expected a JSON object', dataset('[]')],
    ['dataset-metadata.json: unknown field "titel"; did you mean "title"?', dataset('{ "titel": "My data" }')],
    ['dataset-metadata.json: unknown field "is_private"; did you mean "isPrivate"?', dataset('{ "is_private": true }')],
    ['dataset-metadata.json: "licenses": expected an array', dataset('{ "licenses": "CC0-1.0" }')],
    [
      'dataset-metadata.json: "title": expected a title in place of the placeholder, got "INSERT_TITLE_HERE"',
      dataset('{ "title": "INSERT_TITLE_HERE" }'),
    ],
    ['"id": expected "alice/my-data", the path of the folder, got "bob/my-data"', dataset(id('bob/my-data'))],
    ['datasets/alice/my_data: invalid slug "my_data"', { 'datasets/alice/my_data/a': '' }],
    [
      'datasets/alice/my-data: version folder v2 is missing, but v3 exists',
      { 'datasets/alice/my-data/v1/a': '', 'datasets/alice/my-data/v3/a': '' },
    ],
    ['datasets/a.csv: unexpected file; move it to datasets/OWNER/SLUG', { 'datasets/a.csv': '' }],
    ['datasets/alice/a.csv: unexpected file', { 'datasets/alice/a.csv': '' }],
    ['dataset: unexpected folder; expected users.json, datasets/OWNER/SLUG', { 'dataset/alice/my-data/a': '' }],
    ['user.json: unexpected name; did you mean "users.json"?', { 'user.json': '[]' }],
    ['users.json: expected a non-empty array', { 'users.json': '{}' }],
    ['users.json: expected a non-empty array', { 'users.json': '[]' }],
    [
      'users.json: [0]: unknown field "tokens"; did you mean "token"?',
      { 'users.json': '[{ "username": "carol", "tokens": "" }]' },
    ],
    ['users.json: [0]: "username": expected letters', { 'users.json': '[{ "username": "../carol" }]' }],
    ['users.json: [0]: "username" is missing', { 'users.json': '[{ "token": "KGAT_x" }]' }],
    [
      'users.json: user "carol" is defined twice',
      { 'users.json': '[{ "username": "carol" }, { "username": "carol" }]' },
    ],
    ['kernels/alice/my-job/kernel-metadata.json: file not found', { 'kernels/alice/my-job/a.py': '' }],
    ['"code_file": expected the name', kernel({ code_file: '' })],
    ['"code_file": file "b.py" not found', kernel({ code_file: 'b.py' })],
    ['"language": expected "python", "r" or "rmarkdown"', kernel({ language: 'ruby' })],
    ['"is_private": expected true or false, got "no"', kernel({ is_private: 'no' })],
    ['unknown field "dataset_source"; did you mean "dataset_sources"?', kernel({ dataset_source: [] })],
    [
      'my-job.log: [0]: "stream_name"',
      kernel({}, { 'kernels/alice/my-job/my-job.log': '[{ "stream_name": "out", "time": 0, "data": "" }]' }),
    ],
    [
      'kernels/alice/My-Job: invalid slug "My-Job": Kaggle would change it to "my-job"',
      { 'kernels/alice/My-Job/kernel-metadata.json': '{ "code_file": "a.py" }', 'kernels/alice/My-Job/a.py': '' },
    ],
  ])('an invalid one is reported with its path: %s', async (message, files) => {
    const folder = scratch(files);
    const error = await quiet({ fixtures: folder }).ready.catch((reason: Error) => reason);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message.startsWith(folder)).toBe(true);
  });

  test('a folder that is not there, and a link that would not be followed', async () => {
    await expect(quiet({ fixtures: join(scratch(), 'none') }).ready).rejects.toThrow('fixtures: no such folder');
    const folder = scratch({ 'datasets/alice/my-data/a': '' });
    symlinkSync(scratch({ b: '' }), join(folder, 'datasets/alice/my-data/more'));
    await expect(quiet({ fixtures: folder }).ready).rejects.toThrow(
      'links to folders and broken links are not supported',
    );
  });
});
