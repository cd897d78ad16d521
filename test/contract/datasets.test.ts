import { describe, expect, test } from 'vitest';
import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  IntegrityError,
  KaggleError,
  NotFoundError,
  PermissionError,
  TimeoutError,
  TransferError,
  ValidationError,
} from '../../src/core/errors.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { readinessOf, type VersionState } from '../../src/services/datasets/readiness.ts';
import { parseDatasetRef } from '../../src/services/datasets/ref.ts';
import { fakeServer, md5, sample, slowCrc32c } from './transfer-storage.ts';

const missing = () => Response.json({ code: 404, message: 'Dataset not found' }, { status: 404 });
const answer = { ref: '/alice/my-data', url: 'https://www.kaggle.com/datasets/alice/my-data', status: 'ok', error: '' };
const content = { owner: 'alice', slug: 'my-data', files: [{ name: 'a.csv', data: 'a,b' }] };

/** A server that keeps one dataset: its versions and their notes. */
function datasetServer(options: Parameters<typeof fakeServer>[0] = {}) {
  const server = fakeServer(options);
  const versions: { versionNumber: number; versionNotes?: string; status?: string }[] = [];
  const state = { versions, status: 'READY', current: () => versions.length };
  server.rpc = {
    GetDataset: () =>
      versions.length ? { ref: 'alice/my-data', currentVersionNumber: state.current(), versions } : missing(),
    GetDatasetStatus: () => ({ status: state.status }),
    CreateDataset() {
      versions.push({ versionNumber: 1 });
      return answer;
    },
    CreateDatasetVersion(request) {
      const { versionNotes } = request.body as { versionNotes?: string };
      versions.push({ versionNumber: versions.length + 1, versionNotes });
      return answer;
    },
  };
  const calls = (method: string) => server.seen.filter((entry) => entry.method === method);
  return { server, client: server.client, state, calls };
}

/** How a verb failed. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(String, (error: unknown) => error);

describe('createOrVersion', () => {
  test('a new dataset: files at the top, folders as directories, in order', async () => {
    const { client, calls } = datasetServer();
    const modified = new Date(1_700_000_000_000);
    const files = [
      { name: 'empty.txt', data: '', lastModified: modified },
      { name: 'sub/deep/c.csv', data: 'c', lastModified: modified },
      { name: 'a.csv', data: '1,', lastModified: modified, description: 'the a file', columns: [{ name: 'x' }] },
      { name: 'sub/b.png', data: 'b', lastModified: modified },
    ];
    const made = await datasets.createOrVersion(client, {
      owner: 'alice',
      slug: 'hub-data',
      files,
      licenseName: 'CC0-1.0',
      subtitle: 'A subtitle of twenty chars',
      keywords: ['art'],
    });
    expect(made).toMatchObject({ ref: 'alice/hub-data', versionNumber: 1, url: answer.url, created: true });
    const token = (name: string) => expect.stringMatching(`^token-${name}-`);
    expect(calls('CreateDataset')[0]!.json).toEqual({
      ownerSlug: 'alice',
      slug: 'hub-data',
      title: 'hub-data',
      licenseName: 'CC0-1.0',
      isPrivate: true,
      subtitle: 'A subtitle of twenty chars',
      categoryIds: ['art'],
      files: [
        { token: token('empty.txt') },
        { token: token('a.csv'), description: 'the a file', columns: [{ name: 'x' }] },
      ],
      directories: [
        {
          name: 'sub',
          files: [{ token: token('b.png') }],
          directories: [{ name: 'deep', files: [{ token: token('c.csv') }] }],
        },
      ],
    });
    const started = calls('StartBlobUpload').map((entry) => entry.json);
    expect(started).toContainEqual({ type: 'DATASET', name: 'empty.txt', lastModifiedEpochSeconds: 1_700_000_000 });
    expect(started).toContainEqual({
      type: 'DATASET',
      name: 'b.png',
      contentType: 'image/png',
      contentLength: 1,
      lastModifiedEpochSeconds: 1_700_000_000,
    });
    expect(started).toContainEqual({
      type: 'DATASET',
      name: 'c.csv',
      contentLength: 1,
      lastModifiedEpochSeconds: 1_700_000_000,
    });
  });

  test('an existing dataset gets a version, numbered one more than before', async () => {
    const { client, state, calls } = datasetServer();
    state.versions.push({ versionNumber: 1 }, { versionNumber: 2 });
    const made = await datasets.createOrVersion(client, { ...content, notes: 'third', isPrivate: false });
    expect(made).toMatchObject({ versionNumber: 3, created: false });
    expect(calls('CreateDataset')).toHaveLength(0);
    expect(calls('CreateDatasetVersion')[0]!.json).toEqual({
      ownerSlug: 'alice',
      datasetSlug: 'my-data',
      body: {
        versionNotes: expect.stringMatching(/^third \(kaggle-ts [0-9a-f]{8}\)$/),
        files: [{ token: expect.stringMatching('^token-a.csv') }],
      },
    });
  });

  test('somebody else makes a version in the same moment: the notes tell which is ours', async () => {
    const { client, server, state } = datasetServer();
    state.versions.push({ versionNumber: 1 });
    const create = server.rpc.CreateDatasetVersion!;
    server.rpc.CreateDatasetVersion = (request) => {
      state.versions.push({ versionNumber: 2, versionNotes: 'theirs' });
      return create(request);
    };
    expect(await datasets.createOrVersion(client, { ...content, notes: 'ours' })).toMatchObject({ versionNumber: 3 });
  });

  test('a folder is uploaded with its structure and its images, without metadata and caches', async () => {
    const { client, calls } = datasetServer({
      files: {
        'in/top.csv': '1',
        'in/sub/deep.csv': '2',
        'in/dataset-cover-image.png': '3',
        'in/dataset-metadata.json': '{}',
        'in/.git/config': 'secret',
      },
    });
    await datasets.createOrVersion(client, { ...content, files: ['in'] });
    const names = calls('StartBlobUpload').map((entry) => entry.json!.name);
    expect(names.sort()).toEqual(['dataset-cover-image.png', 'deep.csv', 'top.csv']);
  });

  describe('what of a folder is sent', () => {
    const files = {
      'in/a.csv': '1',
      'in/sub/b&c.csv': '2',
      'in/sub/kernel-metadata.json': '3',
      'in/kernel-metadata.json': '4',
      'in/sub/.cache/x': '5',
      'in/node_modules/p/index.js': '6',
      'in/node_modules/q/index.js': '7',
      'in/.env': '8',
      'in/logs/one.log': '9',
      'in/logs/keep.log': '10',
    };
    async function send(options: object = {}) {
      const { client, calls } = datasetServer({ files });
      const warnings: string[] = [];
      const onWarning = (line: string) => void warnings.push(line);
      const made = await datasets.createOrVersion(client, { ...content, files: ['in'] }, { onWarning, ...options });
      return { made, warnings, sent: calls('StartBlobUpload').map(({ json }) => json!.name) };
    }

    test('all but what the official client leaves out, which the result says; what is unlikely is warned of', async () => {
      const { made, warnings, sent } = await send();
      expect(sent.sort()).toEqual(
        ['a.csv', 'b&c.csv', 'kernel-metadata.json', 'index.js', 'index.js', '.env', 'one.log', 'keep.log'].sort(),
      );
      expect(made.leftOut).toEqual(['kernel-metadata.json', 'sub/.cache/']);
      expect(warnings).toEqual([
        'the upload includes .env, node_modules/; use the option ignore to exclude what does not belong in the dataset',
        'Kaggle rejects file names with "&" or "@" after the upload; rename sub/b&c.csv',
      ]);
    });

    test('without what the patterns of ignore name', async () => {
      const ignore = ['node_modules/', '.env', '*.log', '!keep.log', '/sub/**/*.csv', '!kernel-metadata.json'];
      const { made, warnings, sent } = await send({ ignore });
      expect(sent.sort()).toEqual(['a.csv', 'keep.log', 'kernel-metadata.json', 'kernel-metadata.json']);
      expect([...made.leftOut].sort()).toEqual(['.env', 'logs/one.log', 'node_modules/', 'sub/.cache/', 'sub/b&c.csv']);
      expect(warnings).toEqual([]);
    });

    test('a file that is named itself is sent', async () => {
      const { client, calls } = datasetServer({ files });
      await datasets.createOrVersion(client, { ...content, files: ['in/.env', 'in/a.csv'] }, { ignore: ['.env'] });
      expect(calls('StartBlobUpload')).toHaveLength(2);
    });

    test('patterns that are no list of texts are refused', async () => {
      await expect(send({ ignore: '*.log' })).rejects.toThrow(/ignore: expected/);
    });
  });

  test.each([308, 429, 500, 502, 503])('a file that always gets %i: no version is created', async (status) => {
    const { client, server, calls } = datasetServer();
    server.fault = ({ upload }) => (upload.name === 'b.csv' ? { status } : undefined);
    const files = [...content.files, { name: 'b.csv', data: 'b' }];
    const failure = await failureOf(datasets.createOrVersion(client, { ...content, files }));
    expect(failure).toBeInstanceOf(TransferError);
    expect((failure as TransferError).file).toBe('b.csv');
    expect(calls('CreateDataset')).toHaveLength(0);
  });

  test('a file stored damaged: no version is made', async () => {
    const { client, server, calls } = datasetServer();
    server.hash = 'wrong';
    expect(await failureOf(datasets.createOrVersion(client, content))).toBeInstanceOf(IntegrityError);
    expect(calls('CreateDataset')).toHaveLength(0);
  });

  test.each([401, 429, 500])('HTTP %i in the look-up does not mean that the name is free', async (status) => {
    const { client, server } = datasetServer();
    server.rpc.GetDataset = () => Response.json({ code: status, message: 'no' }, { status });
    expect(await failureOf(datasets.createOrVersion(client, content))).toMatchObject({ status });
    expect(server.seen.map((entry) => entry.method)).toEqual(['GetDataset']);
  });

  test('403 means that it does not exist for this user', async () => {
    const { client, server } = datasetServer();
    server.rpc.GetDataset = () => Response.json({ code: 403, message: 'denied' }, { status: 403 });
    expect(await datasets.createOrVersion(client, content)).toMatchObject({ created: true });
  });

  test('an error inside the answer is thrown', async () => {
    const { client, server } = datasetServer();
    server.rpc.CreateDataset = () => ({ status: 'error', error: 'The requested title is already in use.' });
    await expect(datasets.createOrVersion(client, content)).rejects.toThrow('already in use');
  });

  test('a 429 on the last call waits as long as was asked for, and is made again', async () => {
    const { client, server, calls } = datasetServer();
    const create = server.rpc.CreateDataset!;
    server.rpc.CreateDataset = (request) =>
      calls('CreateDataset').length === 1
        ? Response.json({ code: 429, message: 'slow' }, { status: 429, headers: { 'retry-after': '9' } })
        : create(request);
    expect(await datasets.createOrVersion(client, content)).toMatchObject({ versionNumber: 1 });
    expect(server.pauses.map((ms) => Math.floor(ms / 1000))).toEqual([9]);
    expect(calls('StartBlobUpload')).toHaveLength(1);
  });

  test('the response of the last call is lost: the version exists, so it is not created twice', async () => {
    const { client, server, state, calls } = datasetServer();
    state.versions.push({ versionNumber: 1 });
    const create = server.rpc.CreateDatasetVersion!;
    server.rpc.CreateDatasetVersion = (request) => {
      create(request);
      throw new TypeError('fetch failed');
    };
    const made = await datasets.createOrVersion(client, content);
    expect(made).toMatchObject({ versionNumber: 2, created: false });
    expect(calls('CreateDatasetVersion')).toHaveLength(1);
    expect(state.versions).toHaveLength(2);
  });

  test('a call that was lost before it did anything is made again, after looking', async () => {
    const { client, server, state, calls } = datasetServer();
    const create = server.rpc.CreateDataset!;
    server.rpc.CreateDataset = (request) => {
      if (calls('CreateDataset').length === 1) throw new TypeError('fetch failed');
      return create(request);
    };
    const made = await datasets.createOrVersion(client, content);
    expect(made).toMatchObject({ versionNumber: 1, created: true });
    expect(state.versions).toHaveLength(1);
    expect(calls('GetDataset').length).toBeGreaterThan(2);
  });

  test('a lost answer, shown late, and refused when repeated: still one dataset', async () => {
    const { client, server, state, calls } = datasetServer();
    let shown = false;
    server.rpc.GetDataset = () => (shown ? { currentVersionNumber: 1, versions: [] } : missing());
    server.rpc.CreateDataset = () => {
      if (calls('CreateDataset').length === 1) {
        state.versions.push({ versionNumber: 1 });
        throw new TypeError('fetch failed');
      }
      shown = true;
      return { status: 'error', error: 'The requested slug is already in use.' };
    };
    const made = await datasets.createOrVersion(client, content);
    expect(made).toMatchObject({ versionNumber: 1, created: true });
  });

  test('an answer that stays lost is a ConnectionError', async () => {
    const { client, server } = datasetServer();
    server.rpc.CreateDataset = () => {
      throw new TypeError('fetch failed');
    };
    const failure = await failureOf(datasets.createOrVersion(client, content));
    expect(failure).toBeInstanceOf(ConnectionError);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a short slug', { slug: 'short' }, 'slug'],
    ['a long slug', { slug: 'x'.repeat(51) }, 'slug'],
    ['a slug with capitals', { slug: 'My-Data' }, 'slug'],
    ['a short title', { title: 'short' }, 'title'],
    ['a long title', { title: 'x'.repeat(51) }, 'title'],
    ['a title of blanks', { title: ' '.repeat(10) }, 'title'],
    ['a title that is short without its blanks', { title: '  short  ' }, 'title'],
    ['a short subtitle', { subtitle: 'short' }, 'subtitle'],
    ['a subtitle of blanks', { subtitle: ' '.repeat(30) }, 'subtitle'],
    ['a file name of more than 255 bytes', { files: [{ name: 'x'.repeat(256), data: '' }] }, '[0]'],
    ['no owner', { owner: '' }, 'owner'],
    ['no files', { files: [] }, 'files'],
    ['a bad file name', { files: [{ name: '../x', data: '' }] }, '[0]'],
    ['two files of one name', { files: [content.files[0], content.files[0]] }, '[1]'],
  ])('%s is refused before anything is sent', async (_name, change, path) => {
    const { client, server } = datasetServer();
    const failure = await failureOf(datasets.createOrVersion(client, { ...content, ...change }));
    expect(failure).toBeInstanceOf(ValidationError);
    expect((failure as ValidationError).issues.map((issue) => issue.path)).toContain(path);
    expect(server.seen).toEqual([]);
  });

  test('a missing file is named before anything is sent', async () => {
    const { client, server } = datasetServer();
    const failure = await failureOf(datasets.createOrVersion(client, { ...content, files: ['nope.csv'] }));
    expect(failure).toBeInstanceOf(TransferError);
    expect(String(failure)).toContain('nope.csv');
    expect(server.seen).toEqual([]);
  });

  test('an empty folder is refused', async () => {
    const { client } = datasetServer({ files: { 'in/dataset-metadata.json': '{}' } });
    await expect(datasets.createOrVersion(client, { ...content, files: ['in'] })).rejects.toThrow(
      'nothing to upload: all files of the folder are excluded: dataset-metadata.json',
    );
  });

  test('no credential: says so before anything is sent', async () => {
    const client = createClient({ endpoint: 'https://api.test', fetch: () => Promise.reject(new Error('sent')) });
    expect(await failureOf(datasets.createOrVersion(client, content))).toBeInstanceOf(AuthenticationError);
  });

  test('an abort keeps the reason, and makes no version', async () => {
    const { client, server, calls } = datasetServer();
    const controller = new AbortController();
    server.fault = () => {
      setTimeout(() => controller.abort('enough'));
      return { stall: true };
    };
    const { signal } = controller;
    expect(await failureOf(datasets.createOrVersion(client, content, { signal }))).toBe('enough');
    expect(calls('CreateDataset')).toHaveLength(0);
  });
});

test('create refuses what exists, createVersion what does not, both before any file is sent', async () => {
  const { client, state, calls } = datasetServer();
  expect(await failureOf(datasets.createVersion(client, content))).toBeInstanceOf(NotFoundError);
  expect(await datasets.create(client, content)).toMatchObject({ created: true });
  expect(await failureOf(datasets.create(client, content))).toBeInstanceOf(ValidationError);
  expect(calls('StartBlobUpload')).toHaveLength(1);
  expect(await datasets.createVersion(client, { ...content, deleteOldVersions: true })).toMatchObject({
    versionNumber: 2,
  });
  expect(calls('CreateDatasetVersion')[0]!.json).toMatchObject({ body: { deleteOldVersions: true } });
  expect(state.versions).toHaveLength(2);
});

describe('waiting for a version', () => {
  const look: VersionState = { wanted: 2, current: 2, listed: undefined, status: 'READY' };
  test.each<[string, Partial<VersionState>, string]>([
    ['READY, and it is the current version', {}, 'ready'],
    ['READY of the version before does not count', { current: 1 }, 'pending'],
    ['the list knows better than the status', { listed: 'BLOBS_RECEIVED' }, 'pending'],
    ['both say so', { listed: 'Ready' }, 'ready'],
    ['listed as ready, but the status is behind', { listed: 'READY', status: 'BLOBS_RECEIVED' }, 'pending'],
    ['FAILED', { status: 'FAILED' }, 'failed'],
    ['listed as FAILED while an older one is current', { current: 1, listed: 'FAILED' }, 'failed'],
    ['FAILED, maybe of an older one', { current: 1, status: 'FAILED' }, 'maybe failed'],
    ['a newer version is current already', { current: 3, status: 'BLOBS_RECEIVED' }, 'ready'],
    ['whichever is current', { wanted: undefined }, 'ready'],
    ['an unknown step', { status: 'SOMETHING_NEW' }, 'pending'],
  ])('%s', (_name, change, expected) => {
    expect(readinessOf({ ...look, ...change })).toBe(expected);
  });

  test('goes through the steps of the new version, whatever the old one says', async () => {
    const { client, server, state } = datasetServer();
    const script: [number, string][] = [
      [1, 'READY'],
      [1, 'READY'],
      [2, 'BLOBS_RECEIVED'],
      [2, 'READY'],
    ];
    let at = -1;
    server.rpc.GetDataset = () => {
      at = Math.min(at + 1, script.length - 1);
      return { currentVersionNumber: script[at]![0] };
    };
    server.rpc.GetDatasetStatus = () => ({ status: script[at]![1] });
    const seen: string[] = [];
    const result = await datasets.waitUntilReady(
      client,
      { ref: 'alice/my-data', versionNumber: 2 },
      { onStatus: (status) => seen.push(status) },
    );
    expect(result).toEqual({ status: 'READY', versionNumber: 2 });
    expect(seen).toEqual(['NOT_YET_PERSISTED', 'BLOBS_RECEIVED', 'READY']);
    expect(state.versions).toEqual([]);
  });

  test('the result of createOrVersion waits for itself; not being visible yet is no failure', async () => {
    const { client, server, calls } = datasetServer();
    const made = await datasets.createOrVersion(client, content);
    const found = server.rpc.GetDataset!;
    server.rpc.GetDataset = (request) => (calls('GetDataset').length < 5 ? missing() : found(request));
    expect(await made.ready()).toEqual({ status: 'READY', versionNumber: 1 });
  });

  test('a failed processing is an error', async () => {
    const { client, state } = datasetServer();
    state.versions.push({ versionNumber: 1 });
    state.status = 'FAILED';
    const failure = await failureOf(datasets.waitUntilReady(client, 'alice/my-data'));
    expect(failure).toBeInstanceOf(KaggleError);
    expect(String(failure)).toContain('alice/my-data ended with status FAILED');
  });

  test('a failure that could be an older version is believed when it stays', async () => {
    const { client, state, calls } = datasetServer();
    state.versions.push({ versionNumber: 1 });
    state.status = 'FAILED';
    const target = { owner: 'alice', slug: 'my-data', version: 2 };
    const failure = await failureOf(datasets.waitUntilReady(client, target));
    expect(String(failure)).toContain('version 2 ended with status FAILED');
    expect(calls('GetDatasetStatus')).toHaveLength(3);
  });

  test('a dataset that does not exist', async () => {
    const { client } = datasetServer();
    expect(await failureOf(datasets.waitUntilReady(client, 'alice/my-data'))).toBeInstanceOf(NotFoundError);
  });

  test('a busy moment is no reason to stop', async () => {
    const { client, server, state, calls } = datasetServer();
    state.versions.push({ versionNumber: 1 });
    server.rpc.GetDatasetStatus = () =>
      calls('GetDatasetStatus').length < 3
        ? Response.json({ code: 503, message: 'busy' }, { status: 503 })
        : { status: 'READY' };
    expect(await datasets.waitUntilReady(client, 'alice/my-data')).toEqual({
      status: 'READY',
      versionNumber: 1,
    });
  });

  test('a timeout in seconds, and an abort with its reason', async () => {
    const { client, state } = datasetServer();
    state.versions.push({ versionNumber: 1 });
    state.status = 'BLOBS_RECEIVED';
    const late = await failureOf(datasets.waitUntilReady(client, 'alice/my-data', { timeout: 0.05 }));
    expect(late).toBeInstanceOf(TimeoutError);
    const signal = AbortSignal.abort('stop');
    expect(await failureOf(datasets.waitUntilReady(client, 'alice/my-data', { signal }))).toBe('stop');
  });
});

describe('references', () => {
  test.each([
    ['alice/my-data', { owner: 'alice', slug: 'my-data' }],
    ['/alice/my-data', { owner: 'alice', slug: 'my-data' }],
    ['/datasets/alice/my-data', { owner: 'alice', slug: 'my-data' }],
    ['https://www.kaggle.com/datasets/alice/my-data', { owner: 'alice', slug: 'my-data' }],
    ['alice/my-data/3', { owner: 'alice', slug: 'my-data', version: 3 }],
    ['alice/my-data/versions/3', { owner: 'alice', slug: 'my-data', version: 3 }],
    [
      { ref: 'alice/my-data', versionNumber: 4 },
      { owner: 'alice', slug: 'my-data', version: 4 },
    ],
    [
      { owner: 'alice', slug: 'my-data' },
      { owner: 'alice', slug: 'my-data' },
    ],
  ])('%j', (ref, parts) => {
    expect(parseDatasetRef(ref)).toEqual(parts);
  });

  test.each([
    '',
    'alice',
    '../x',
    'alice/..',
    'a/b/c/d',
    'alice/my data',
    { owner: 'a/b', slug: 'x' },
  ])('%j is none', (ref) => {
    expect(() => parseDatasetRef(ref as string)).toThrow(ValidationError);
  });
});

describe('download', () => {
  const bytes = sample(5000);
  function downloads() {
    const { server, client, calls } = datasetServer();
    server.rpc.DownloadDataset = ({ fileName }) =>
      new Response(null, {
        status: 302,
        headers: { location: `https://storage.test/v1/${encodeURI(String(fileName ?? 'archive.zip'))}?sig=secret` },
      });
    const serve = () =>
      new Response(bytes, {
        headers: {
          'content-length': String(bytes.length),
          'x-goog-hash': `crc32c=${slowCrc32c(bytes)},md5=${md5(bytes)}`,
        },
      });
    server.objects.set('/v1/archive.zip', serve);
    server.objects.set('/v1/docs/read%20me.txt', serve);
    return { server, client, calls, files: (client.platform as unknown as { files: Map<string, Uint8Array> }).files };
  }

  test('the whole dataset as one archive', async () => {
    const { client, calls, files } = downloads();
    expect(await datasets.download(client, 'alice/my-data/3', 'out')).toEqual([
      { name: 'my-data.zip', path: 'out/my-data.zip', size: 5000, verified: 'crc32c' },
    ]);
    expect(files.get('out/my-data.zip')).toEqual(bytes);
    expect(calls('DownloadDataset')[0]!.json).toEqual({
      ownerSlug: 'alice',
      datasetSlug: 'my-data',
      datasetVersionNumber: 3,
    });
  });

  test('one file keeps its name and its folder', async () => {
    const { client, files } = downloads();
    const request = { owner: 'alice', slug: 'my-data', file: 'docs/read me.txt' };
    expect(await datasets.download(client, request, 'out')).toMatchObject([
      { name: 'docs/read me.txt', path: 'out/docs/read me.txt' },
    ]);
    expect(files.get('out/docs/read me.txt')).toEqual(bytes);
  });

  test('into a stream, and into a sink', async () => {
    const { client } = downloads();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const read = new Response(readable).arrayBuffer();
    expect(await datasets.download(client, 'alice/my-data', writable)).toEqual([
      { name: 'my-data.zip', size: 5000, verified: 'crc32c' },
    ]);
    expect(new Uint8Array(await read)).toEqual(bytes);
    const ended: string[] = [];
    const sink = {
      write: async (data: Uint8Array, position: number) => void ended.push(`${data.length} at ${position}`),
      commit: async () => void ended.push('commit'),
      abort: async () => void ended.push('abort'),
    };
    await datasets.download(client, 'alice/my-data', sink);
    expect(ended).toEqual(['5000 at 0', 'commit']);
  });

  test('what is not there leaves no trace', async () => {
    const { client, server, files } = downloads();
    server.rpc.DownloadDataset = () => Response.json({ code: 403, message: 'denied' }, { status: 403 });
    expect(await failureOf(datasets.download(client, 'alice/my-data', 'out'))).toBeInstanceOf(PermissionError);
    server.rpc.DownloadDataset = () => ({ code: 404, message: 'no such file' });
    expect(await failureOf(datasets.download(client, 'alice/my-data', 'out'))).toBeInstanceOf(ApiError);
    expect([...files.keys()]).toEqual([]);
  });

  test('a name that leaves the folder is refused before anything is sent', async () => {
    const { client, server } = downloads();
    const request = { owner: 'alice', slug: 'my-data', file: '../x' };
    expect(await failureOf(datasets.download(client, request, 'out'))).toBeInstanceOf(ValidationError);
    expect(server.seen).toEqual([]);
  });

  test('a file that Kaggle sends packed is not saved under the plain name', async () => {
    const { client, server } = downloads();
    server.rpc.DownloadDataset = () =>
      new Response(bytes, { headers: { 'content-disposition': 'attachment; filename="big.csv.zip"' } });
    const request = { owner: 'alice', slug: 'my-data', file: 'big.csv' };
    expect(await datasets.download(client, request, 'out')).toMatchObject([{ name: 'big.csv.zip' }]);
  });

  test.each([
    ['the same', 5000, undefined, 'length'],
    ['another', 4000, IntegrityError, undefined],
  ])('where the storage tells no checksum, the listing is a witness: %s size', async (_name, listed, kind, verified) => {
    const { client, server, files } = downloads();
    // In chunks: no length either.
    server.objects.set('/v1/a.bin', () => new Response(new Blob([bytes]).stream()));
    server.rpc.ListDatasetFiles = () => ({ datasetFiles: [{ name: 'a.bin', totalBytes: listed }] });
    const request = { owner: 'alice', slug: 'my-data', file: 'a.bin' };
    const result = await datasets.download(client, request, 'out').catch((error) => error);
    if (kind) expect(result).toBeInstanceOf(kind);
    else expect(result).toMatchObject([{ name: 'a.bin', size: 5000, verified }]);
    expect(files.has('out/a.bin')).toBe(!kind);
  });

  test.each([
    ['a.csv', /lists "a\.csv", but does not serve it by itself.*openArchive/],
    ['sub', /"sub" is a folder; download it as \{ owner, slug, folder: "sub" \}/],
    ['b.csv', /no such file "b\.csv"; did you mean "sub\/b\.csv"\?/],
    ['none', /no such file "none"$/],
  ])('a 404 of one file says why: %s', async (file, message) => {
    const { client, server } = downloads();
    server.rpc.DownloadDataset = () => Response.json({ code: 404, message: 'Not found' }, { status: 404 });
    server.rpc.ListDatasetFiles = () => ({ datasetFiles: [{ name: 'a.csv' }, { name: 'sub/b.csv' }] });
    for (const act of [
      () => datasets.download(client, { owner: 'alice', slug: 'my-data', file }, 'out'),
      () => datasets.openRemote(client, { owner: 'alice', slug: 'my-data', file }),
    ]) {
      const failure = await failureOf(act());
      expect(failure).toBeInstanceOf(NotFoundError);
      expect(String(failure)).toMatch(message);
    }
    server.rpc.ListDatasetFiles = () => Response.json({ code: 500, message: 'no' }, { status: 500 });
    const bare = await failureOf(datasets.download(client, { owner: 'alice', slug: 'my-data', file }, 'out'));
    expect(String(bare)).toContain('check the name with listFiles');
  });
});

describe('single files', () => {
  test('uploadFile gives a token, with its type', async () => {
    const { client, calls } = datasetServer();
    expect(await datasets.uploadFile(client, { name: 'm/weights.bin', data: 'abc' }, { type: 'MODEL' })).toEqual({
      token: 'token-weights.bin-1',
      name: 'm/weights.bin',
      size: 3,
      verified: 'crc32c',
    });
    expect(calls('StartBlobUpload')[0]!.json).toMatchObject({ type: 'MODEL', name: 'weights.bin' });
  });

  test('a folder is refused', async () => {
    const { client, server } = datasetServer({ files: { 'in/only.csv': '1' } });
    await expect(datasets.uploadFile(client, 'in')).rejects.toThrow('cannot upload "in": it is a folder');
    expect(server.seen).toEqual([]);
  });

  test('uploadDatasetFile speaks the older call', async () => {
    const { client, server, calls } = datasetServer();
    const lastModified = new Date(1_700_000_000_000);
    const result = await datasets.uploadDatasetFile(client, { name: 'a.csv', data: 'a,b', lastModified });
    expect(result).toMatchObject({ token: 'token-a.csv-1', size: 3, verified: 'crc32c' });
    expect(calls('UploadDatasetFile')[0]!.json).toEqual({
      fileName: 'a.csv',
      contentLength: 3,
      lastModifiedEpochSeconds: 1_700_000_000,
    });
    expect([...server.uploads.values()][0]!.done).toBe(true);
  });
});

test('status, get and listFiles', async () => {
  const { client, server, state, calls } = datasetServer();
  state.versions.push({ versionNumber: 1 });
  expect(await datasets.status(client, 'alice/my-data')).toBe('READY');
  expect(await datasets.get(client, 'alice/my-data')).toMatchObject({ ref: 'alice/my-data' });
  server.rpc.ListDatasetFiles = ({ pageToken }) =>
    pageToken ? { datasetFiles: [{ name: 'b' }] } : { datasetFiles: [{ name: 'a' }], nextPageToken: 'more' };
  const files = await datasets.listFiles(client, 'alice/my-data/2').all();
  expect(files.map((file) => file.name)).toEqual(['a', 'b']);
  expect(calls('ListDatasetFiles')[0]!.json).toMatchObject({ datasetVersionNumber: 2 });
});

test('list goes over all pages with the filter, up to a limit', async () => {
  const { client, server, calls } = datasetServer();
  server.rpc.ListDatasets = ({ pageToken }) =>
    pageToken
      ? { datasets: [{ ref: 'alice/c' }] }
      : { datasets: [{ ref: 'alice/a' }, { ref: 'alice/b' }], nextPageToken: '2' };
  const filter = { group: 'DATASET_SELECTION_GROUP_MY', search: 'x', pageSize: 2 } as const;
  const refs = async (limit?: number) => (await datasets.list(client, filter, { limit }).all()).map(({ ref }) => ref);
  expect(await refs()).toEqual(['alice/a', 'alice/b', 'alice/c']);
  expect(calls('ListDatasets').map(({ json }) => json)).toEqual([filter, { ...filter, pageToken: '2' }]);
  expect(await refs(1)).toEqual(['alice/a']);
});

test('remove deletes a dataset, not one version, and throws what is refused inside of the answer', async () => {
  const { client, server, state, calls } = datasetServer();
  server.rpc.DeleteDataset = () => ({});
  await datasets.remove(client, 'alice/my-data');
  expect(calls('DeleteDataset')[0]!.json).toEqual({ ownerSlug: 'alice', datasetSlug: 'my-data' });
  await datasets.remove(client, await datasets.create(client, content));
  expect(await failureOf(datasets.remove(client, 'alice/my-data/3'))).toBeInstanceOf(ValidationError);
  expect(calls('DeleteDataset')).toHaveLength(2);
  server.rpc.DeleteDataset = () => ({ error: 'You cannot delete this dataset.' });
  await expect(datasets.remove(client, 'alice/my-data')).rejects.toThrow('You cannot delete this dataset.');
  // What was deleted is not waited for when it is made again.
  state.versions.length = 0;
  expect(await datasets.createOrVersion(client, content)).toMatchObject({ created: true });
});

test.each<[string, (client: ReturnType<typeof datasetServer>['client']) => Promise<unknown>]>([
  ['get', (client) => datasets.get(client, 'alice/my-data')],
  ['status', (client) => datasets.status(client, 'alice/my-data')],
  ['list', (client) => datasets.list(client, {}).all()],
  ['createOrVersion', (client) => datasets.createOrVersion(client, content)],
  ['createVersion', (client) => datasets.createVersion(client, content)],
  ['remove', (client) => datasets.remove(client, 'alice/my-data')],
])('a server that answers 500 again and again is an error that says so, and no file is sent: %s', async (_verb, verb) => {
  const { server, client } = datasetServer();
  for (const name of ['GetDataset', 'GetDatasetStatus', 'ListDatasets', 'DeleteDataset'])
    server.rpc[name] = () => Response.json({ code: 500, message: 'Internal error' }, { status: 500 });
  expect(await failureOf(verb(client))).toMatchObject({
    status: 500,
    message: expect.stringContaining('Internal error'),
  });
  expect(server.puts()).toEqual([]);
});
