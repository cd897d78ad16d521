import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../src/core/bytes/sources.ts';
import { IntegrityError, KaggleError, RateLimitError } from '../../src/core/errors.ts';
import type { ByteSource, StateStore } from '../../src/core/platform.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { systemClock } from '../../src/core/sleep.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { memoryState } from '../../src/platform/memory/state.ts';
import type { ApiDataset } from '../../src/services/datasets/generated/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { snapshotOf } from '../../src/services/datasets/look-up.ts';
import { findVersion, notesWith, type SearchResult } from '../../src/services/versions/find-version.ts';
import { readPending } from '../../src/services/versions/pending.ts';
import { createEmulator } from '../../src/testing/index.ts';
import { makeZip } from '../archive/make-zip.ts';
import { noWait, withClock } from '../clock.ts';

const nonce = '1f2e3d4c';

describe('the marker of a version', () => {
  test.each([
    ['third', nonce, 'third (kaggle-ts 1f2e3d4c)'],
    ['', nonce, '(kaggle-ts 1f2e3d4c)'],
    ['third', undefined, 'third'],
  ])('%j with %s', (notes, mark, result) => {
    expect(notesWith(notes, mark)).toBe(result);
  });

  const version = (versionNumber: number, versionNotes?: string) => ({ versionNumber, versionNotes });
  test.each<[string, object | undefined, SearchResult]>([
    ['no dataset', undefined, 'absent'],
    ['as before', { currentVersionNumber: 3, versions: [version(3, 'x')] }, 'absent'],
    ['our marker', { currentVersionNumber: 4, versions: [version(3), version(4, 'x (kaggle-ts 1f2e3d4c)')] }, 4],
    ['our marker, and a newer version', { versions: [version(4, '(kaggle-ts 1f2e3d4c)'), version(5, 'y')] }, 4],
    [
      'our marker in an old version does not count',
      { versions: [version(2, '(kaggle-ts 1f2e3d4c)'), version(3)] },
      'absent',
    ],
    [
      'others only',
      { currentVersionNumber: 5, versions: [version(4, 'x'), version(5, '(kaggle-ts 00000000)')] },
      'others',
    ],
    ['a number without notes', { currentVersionNumber: 4, versions: [version(3, 'x')] }, 'unclear'],
    ['a gap', { currentVersionNumber: 5, versions: [version(5, 'x')] }, 'unclear'],
  ])('%s', (_name, dataset, sighting) => {
    expect(
      findVersion(dataset && snapshotOf(dataset as ApiDataset), { before: 3, notes: '(kaggle-ts 1f2e3d4c)', nonce }),
    ).toBe(sighting);
  });

  test.each([
    undefined,
    null,
    'x',
    {},
    { nonce: 'no', call: 'create', before: 0, content: '' },
    { nonce, call: 'x', before: 0, content: '' },
  ])('what is no note is none: %j', (value) => {
    expect(readPending(value)).toBeUndefined();
  });
});

/** A store that several clients share, as processes do, and that can be looked into. */
function sharedState(): StateStore & { keys(): string[]; values: Map<string, unknown> } {
  const inner = memoryState();
  const values = new Map<string, unknown>();
  return {
    ...inner,
    values,
    keys: () => [...values.keys()].map((key) => key.slice(0, key.indexOf(':'))).sort(),
    async set(key, value) {
      values.set(key, structuredClone(value));
      await inner.set(key, value);
    },
    async delete(key) {
      values.delete(key);
      await inner.delete(key);
    },
  };
}

/** The same with lists, as folders have them: small files are kept in one. */
function sharedLists(): ReturnType<typeof sharedState> {
  const state = sharedState();
  const { values } = state;
  const linesOf = (key: string) => structuredClone((values.get(key) as unknown[] | undefined) ?? []);
  return {
    ...state,
    list: async (key) => linesOf(key),
    append: async (key, value) => void values.set(key, [...linesOf(key), value]),
  };
}

interface Kept {
  opened: number;
  source: string;
}

/** Changes what is kept of each small file. */
async function changeKept({ values, set }: ReturnType<typeof sharedState>, change: (kept: Kept) => unknown) {
  for (const [key, value] of values) {
    if (key.startsWith('upload:')) await set(key, change(value as Kept));
    if (!key.startsWith('sent:')) continue;
    const lines = value as { file: string; upload: Kept }[];
    values.set(
      key,
      lines.map(({ file, upload }) => ({ file, upload: change(upload) })),
    );
  }
}

const bytes = new TextEncoder().encode('a,b\n');
const file = (name: string): ByteSource => ({ ...bytesSource(bytes, name, new Date(1e12)), key: `/data/${name}` });
const content = { owner: 'alice', slug: 'my-data', files: [file('a.csv'), file('b.csv')] };

function world(state = sharedState()) {
  const emulator = createEmulator({ lag: 0, processing: 0 });
  const client = createClient({
    endpoint: 'https://api.test',
    token: 'KGAT_test',
    retry: false,
    fetch: emulator.fetch,
    platform: { ...memoryPlatform(), state, clock: { ...systemClock, ...noWait } },
  });
  const run = (dataset: object = {}, options: object = {}, sleep = noWait.sleep) =>
    datasets.createOrVersion(withClock(client, { sleep }), { ...content, ...dataset }, options);
  /** A run whose call is cut off by the fault, for good. */
  async function cutOff(kind: 'refuse' | 'lostAnswer', method: string, dataset: object = {}): Promise<void> {
    const controller = new AbortController();
    emulator.faults.add({ kind, match: { method } });
    const halt = async () => controller.abort(new Error('the process ends'));
    const looks = { match: { method: 'GetDataset' }, after: 1, times: 99, kind: 'refuse' as const };
    emulator.faults.add(looks);
    await expect(run({ notes: 'next', ...dataset }, { signal: controller.signal }, halt)).rejects.toThrow();
    emulator.faults.clear();
    emulator.state.requests.length = 0;
  }
  const asked = () => emulator.state.requests.flatMap(({ rpc, method }) => (rpc ? [rpc] : [method]));
  const versions = () => emulator.state.datasets.get('alice/my-data')!.versions;
  return { emulator, state, client, run, cutOff, asked, versions };
}

describe.each([
  ['a key for each file', sharedState, ['upload', 'upload']],
  ['a list of small files', sharedLists, ['sent']],
])('a job that was cut off (%s)', (_name, makeState, kept) => {
  test('leaves no state when it succeeds, and marks its versions', async () => {
    const { state, run, versions } = world(makeState());
    await run();
    await run({ notes: 'second' });
    expect(state.keys()).toEqual([]);
    await run({ notes: 'second' }, { archive: 'always' });
    expect(state.keys()).toEqual([]);
    expect(versions().map(({ notes }) => notes)).toEqual([
      'Initial release',
      expect.stringMatching(/^second \(kaggle-ts [0-9a-f]{8}\)$/),
      expect.stringMatching(/^second \(kaggle-ts [0-9a-f]{8}\)$/),
    ]);
  });

  test('during the call: the next run finds the version and requests nothing else', async () => {
    const { state, run, cutOff, asked, versions } = world(makeState());
    await run();
    await cutOff('lostAnswer', 'CreateDatasetVersion');
    expect(state.keys()).toEqual(['job', ...kept]);
    expect(await run({ notes: 'next' })).toMatchObject({ versionNumber: 2, created: false });
    expect(asked()).toEqual(['GetDataset']);
    expect(versions()).toHaveLength(2);
    expect(state.keys()).toEqual([]);
  });

  test('before the call: the next run uses the same marker and tokens', async () => {
    const { emulator, state, run, cutOff, asked } = world(makeState());
    await run();
    await cutOff('refuse', 'CreateDatasetVersion');
    const [, note] = [...state.values].find(([key]) => key.startsWith('job:'))!;
    expect(await run({ notes: 'next' })).toMatchObject({ versionNumber: 2 });
    expect(asked()).not.toContain('StartBlobUpload');
    const { body } = emulator.state.requests.at(-2)!.body as { body: { versionNotes: string } };
    expect(body.versionNotes).toBe(`next (kaggle-ts ${(note as { nonce: string }).nonce})`);
  });

  test('and somebody else created a version meanwhile: the next run stops, and says what it found and what to do', async () => {
    const { emulator, state, run, cutOff, client, versions } = world(makeState());
    await run();
    await cutOff('refuse', 'CreateDatasetVersion');
    const other = createClient({ endpoint: 'https://api.test', token: 'KGAT_test', fetch: emulator.fetch });
    await datasets.createVersion(other, { ...content, notes: 'theirs' });
    const failure = await run({ notes: 'next' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KaggleError);
    expect(String(failure)).toMatch(/the latest version is now 2 \(it was 1\)/);
    expect(String(failure)).toMatch(/https:\/\/www.kaggle.com\/datasets\/alice\/my-data\/versions, .* resume: false/);
    expect(versions()).toHaveLength(2);
    // As it says: and afterwards everything is as usual.
    expect(await run({ notes: 'next' }, { resume: false })).toMatchObject({ versionNumber: 3 });
    expect(versions().at(-1)!.notes).toBe('next');
    expect(state.keys()).toEqual([]);
    expect(await datasets.createOrVersion(client, content)).toMatchObject({ versionNumber: 4 });
  });

  test('while it created a dataset: one with our title and exactly our files is ours', async () => {
    const { run, cutOff, asked } = world(makeState());
    await cutOff('lostAnswer', 'CreateDataset');
    expect(await run()).toMatchObject({ versionNumber: 1, created: true });
    expect(asked()).toEqual(['GetDataset', 'ListDatasetFiles']);
  });

  test.each([
    ['another title', { title: 'something else' }],
    ['another file', { files: [file('a.csv'), file('c.csv')] }],
    ['a file less', { files: [file('a.csv')] }],
    ['our files and one more', { files: [file('a.csv'), file('b.csv'), file('c.csv')] }],
  ])('while it created a dataset, and one with %s exists: the next run stops', async (_name, theirs) => {
    const { emulator, run, cutOff } = world(makeState());
    await cutOff('refuse', 'CreateDataset');
    const other = createClient({ endpoint: 'https://api.test', token: 'KGAT_test', fetch: emulator.fetch });
    await datasets.create(other, { ...content, ...theirs });
    await expect(run()).rejects.toThrow(/the dataset that exists now differs from this upload: .* resume: false/);
  });

  test('and the next run is another job: it uploads everything again, and looks nothing up', async () => {
    const { run, cutOff, asked, versions } = world(makeState());
    await run();
    await cutOff('lostAnswer', 'CreateDatasetVersion');
    expect(await run({ files: [file('a.csv'), file('c.csv')] })).toMatchObject({ versionNumber: 3 });
    expect(asked().filter((what) => what === 'StartBlobUpload')).toHaveLength(2);
    expect(versions()).toHaveLength(3);
  });

  test('and the next run is another job that stops before its call: its uploads are kept', async () => {
    const { emulator, run, cutOff, asked } = world(makeState());
    await run();
    await cutOff('lostAnswer', 'CreateDatasetVersion');
    const other = { notes: 'next', files: [file('a.csv'), file('c.csv')] };
    emulator.faults.add({ kind: 'refuse', match: { method: 'StartBlobUpload' }, after: 1, times: 99 });
    await expect(run(other, { concurrency: 1 })).rejects.toThrow();
    emulator.faults.clear();
    emulator.state.requests.length = 0;
    await run(other);
    expect(asked().filter((what) => what === 'StartBlobUpload')).toHaveLength(1);
  });

  test('and the next run is rate-limited: the run after it uploads nothing again', async () => {
    const { emulator, state, run, cutOff, asked } = world(makeState());
    await run();
    await cutOff('refuse', 'CreateDatasetVersion');
    emulator.faults.add({ kind: 'status', status: 429, match: { method: 'CreateDatasetVersion' }, times: 99 });
    await expect(run({ notes: 'next' })).rejects.toThrow(RateLimitError);
    expect(state.keys()).toEqual(kept);
    emulator.faults.clear();
    expect(await run({ notes: 'next' })).toMatchObject({ versionNumber: 2 });
    expect(asked()).not.toContain('StartBlobUpload');
  });

  test('refused tokens are not used forever', async () => {
    const { emulator, state, run, cutOff } = world(makeState());
    await run();
    await cutOff('refuse', 'CreateDatasetVersion');
    for (const upload of emulator.state.uploads.values()) upload.used = true;
    await expect(run({ notes: 'next' })).rejects.toThrow('already used');
    // A list says which of its files count as unsent.
    expect(state.keys()).toEqual(kept.includes('sent') ? ['sent'] : []);
    expect(await run({ notes: 'next' })).toMatchObject({ versionNumber: 2 });
  });

  test('a file of the same name, size and time in another folder is another file', async () => {
    const { run, cutOff, asked } = world(makeState());
    await run();
    await cutOff('refuse', 'CreateDatasetVersion');
    const moved = { ...file('a.csv'), key: '/elsewhere/a.csv' };
    await run({ notes: 'next', files: [moved, file('b.csv')] });
    expect(asked().filter((what) => what === 'StartBlobUpload')).toHaveLength(2);
  });

  test('resume: false works without any state', async () => {
    const { state, run, versions } = world(makeState());
    await run({}, { resume: false });
    expect(await run({ notes: 'plain' }, { resume: false })).toMatchObject({ versionNumber: 2 });
    expect(versions().at(-1)!.notes).toBe('plain');
    expect(state.keys()).toEqual([]);
  });

  test('entries of files older than six days, or of other content, are not used', async () => {
    for (const change of [
      (entry: Kept) => ({ ...entry, opened: Date.now() - 6 * 86_400_000 }),
      (entry: Kept) => ({ ...entry, source: 'of other content' }),
      () => 'damaged',
      () => null,
    ]) {
      const { state, run, cutOff, asked } = world(makeState());
      await run();
      await cutOff('refuse', 'CreateDatasetVersion');
      await changeKept(state, change);
      await run({ notes: 'next' });
      expect(asked().filter((what) => what === 'StartBlobUpload')).toHaveLength(2);
    }
  });

  test('a failing store does not fail the job', async () => {
    const { state, client, versions } = world(makeState());
    const fail = async () => {
      throw new Error('the disk is full');
    };
    Object.assign(state, { set: fail, append: state.append && fail });
    await datasets.createOrVersion(client, content);
    Object.assign(state, { get: fail, delete: fail, list: state.list && fail, claim: fail });
    await datasets.createOrVersion(client, { ...content, notes: 'plain' });
    // Nothing to go on from; the mark tells the version from those of others.
    expect(versions().at(-1)!.notes).toMatch(/^plain \(kaggle-ts [0-9a-f]{8}\)$/);
  });
});

test('a file on its own goes on as well, and its token is given once', async () => {
  const { emulator, state, client } = world();
  const controller = new AbortController();
  emulator.faults.add({ kind: 'refuse', match: { puts: 'data' } });
  const halt = async () => controller.abort(new Error('the process ends'));
  const large = { ...bytesSource(new Uint8Array(9 * 2 ** 20), 'large.bin', new Date(1e12)), key: '/data/large.bin' };
  const options = { signal: controller.signal };
  emulator.faults.add({ kind: 'status', status: 503, match: { puts: 'query' }, times: 2 });
  await expect(datasets.uploadFile(withClock(client, { sleep: halt }), large, {}, options)).rejects.toThrow(
    'the process ends',
  );
  expect(state.keys()).toEqual(['upload']);
  emulator.faults.clear();
  emulator.state.requests.length = 0;
  const { token } = await datasets.uploadFile(client, large);
  expect(emulator.state.requests.filter(({ rpc }) => rpc === 'StartBlobUpload')).toEqual([]);
  expect(state.keys()).toEqual([]);
  expect((await datasets.uploadFile(client, large)).token).not.toBe(token);
});

test('what was hashed before an abort is not read again', async () => {
  const { run, versions } = world();
  const data = new Uint8Array(20 * 2 ** 20);
  for (let at = 0; at < data.length; at += 4096) data[at] = at >> 12;
  const reads: [number, number][] = [];
  const plain = bytesSource(data, 'large.bin', new Date(1e12));
  const source: ByteSource = {
    ...plain,
    key: '/data/large.bin',
    slice(start, end) {
      reads.push([start, end]);
      return plain.slice(start, end);
    },
  };
  const controller = new AbortController();
  const onProgress = ({ transferred }: { transferred: number }) => {
    if (transferred > 0) controller.abort(new Error('the process ends'));
  };
  const settings = { signal: controller.signal, onProgress };
  await expect(run({ files: [source] }, settings)).rejects.toThrow('the process ends');
  reads.length = 0;
  expect(await run({ files: [source] })).toMatchObject({ versionNumber: 1 });
  const edge = 2 ** 20;
  // The fingerprint reads both ends; the upload starts after the part that was stored.
  const middle = reads.filter(([start, end]) => end - start > edge);
  expect(middle.map(([start]) => start)).toEqual([8 * 2 ** 20, 16 * 2 ** 20]);
  expect(Buffer.compare(versions()[0]!.files[0]!.data as Uint8Array, data)).toBe(0);
});

test.each([
  ['that goes in one request', 3 * 2 ** 20, ['sent']],
  ['of several requests', 9 * 2 ** 20, ['upload']],
])('a file %s and differs only in its last byte, with size and time as before, is sent again', async (_name, size, kept) => {
  const { run, cutOff, asked, state } = world(sharedLists());
  const versionOf = (last: number) => {
    const data = new Uint8Array(size);
    data[size - 1] = last;
    return [{ ...bytesSource(data, 'large.bin', new Date(1e12)), key: '/data/large.bin' }];
  };
  await run();
  await cutOff('refuse', 'CreateDatasetVersion', { files: versionOf(1) });
  expect(state.keys()).toEqual(['job', ...kept]);
  await run({ notes: 'next', files: versionOf(1) });
  expect(asked()).not.toContain('StartBlobUpload');
  await cutOff('refuse', 'CreateDatasetVersion', { files: versionOf(1) });
  await run({ notes: 'next', files: versionOf(2) });
  expect(asked().filter((what) => what === 'StartBlobUpload')).toHaveLength(1);
});

test.each([
  ['its session was finished', false],
  ['its session was resumed', true],
])('a large file that arrived damaged (%s): the next run opens a new session, and it arrives', async (_name, cut) => {
  const { emulator, run, state, versions } = world();
  const data = new Uint8Array(9 * 2 ** 20).fill(7);
  const files = [{ ...bytesSource(data, 'large.bin', new Date(1e12)), key: '/data/large.bin' }];
  if (cut) {
    const controller = new AbortController();
    const onProgress = ({ transferred }: { transferred: number }) => {
      if (transferred > 0) controller.abort(new Error('the process ends'));
    };
    await expect(run({ files }, { signal: controller.signal, onProgress })).rejects.toThrow('the process ends');
    expect(state.keys()).toEqual(['upload']);
  }
  emulator.faults.add({ kind: 'wrongHash', match: { puts: 'data' }, times: 99 });
  await expect(run({ files })).rejects.toThrow(IntegrityError);
  expect(state.keys()).toEqual([]);
  emulator.faults.clear();
  emulator.state.requests.length = 0;
  expect(await run({ files })).toMatchObject({ versionNumber: 1 });
  expect(emulator.state.requests.filter(({ rpc }) => rpc === 'StartBlobUpload')).toHaveLength(1);
  expect(versions()[0]!.files[0]!.data).toEqual(data);
});

test('a session that two processes resumed without a byte of progress is given up by itself', async () => {
  const { emulator, run, state } = world();
  const data = new Uint8Array(9 * 2 ** 20).fill(7);
  const files = [{ ...bytesSource(data, 'large.bin', new Date(1e12)), key: '/data/large.bin' }];
  const controller = new AbortController();
  const onProgress = ({ transferred }: { transferred: number }) => {
    if (transferred > 0) controller.abort(new Error('the process ends'));
  };
  await expect(run({ files }, { signal: controller.signal, onProgress })).rejects.toThrow('the process ends');
  emulator.faults.add({ kind: 'refuse', match: { puts: 'data' }, times: 99 });
  const kept = [];
  for (let turn = 0; turn < 2; turn++) {
    await expect(run({ files })).rejects.toThrow('without progress (8388608 of 9437184 bytes are stored)');
    kept.push(state.keys());
  }
  expect(kept).toEqual([['upload'], []]);
  emulator.faults.clear();
  emulator.state.requests.length = 0;
  expect(await run({ files })).toMatchObject({ versionNumber: 1 });
  expect(emulator.state.requests.filter(({ rpc }) => rpc === 'StartBlobUpload')).toHaveLength(1);
});

test('a small file that is uploaded on its own leaves nothing behind', async () => {
  const { client, state } = world(sharedLists());
  await datasets.uploadFile(client, file('a.csv'));
  expect(state.keys()).toEqual([]);
});

describe('a new dataset with archives, after a lost response', () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const of = (name: string, data: Uint8Array): ByteSource => ({
    ...bytesSource(data, name, new Date(1e12)),
    key: `/data/${name}`,
  });
  const zip = makeZip([
    { name: 'sub/x.csv', data: 'x'.repeat(5000) },
    { name: 'y.csv', data: 'y' },
  ]);
  const tar = (name: string) =>
    packTar([
      { header: { name: 'deep/', size: 0, type: 'directory' } },
      { header: { name: `deep/${name}`, size: 200_000, type: 'file' }, body: new Uint8Array(200_000).fill(7) },
      { header: { name: `${'long/'.repeat(40)}${name}.txt`, size: 4, type: 'file' }, body: text('last') },
    ]);

  test('is recognized in the form in which Kaggle unpacks it: zip, tar, tar.gz, and gzip in place', async () => {
    const files = [
      of('a.csv', text('a,b')),
      of('events.zip', zip),
      of('plain.tar', await tar('t.bin')),
      of('packed.tar.gz', gzipSync(await tar('g.bin'))),
      of('packed.tgz', gzipSync(await tar('h.bin'))),
      of('scan.nii.gz', gzipSync('voxels')),
      of('not.zip', text('no archive')),
      of('not.gz', text('not packed')),
    ];
    const { run, cutOff, asked, emulator } = world();
    await cutOff('lostAnswer', 'CreateDataset', { files });
    const names = emulator.state.datasets.get('alice/my-data')!.versions[0]!.files.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['events/sub/x.csv', 'plain/deep/t.bin', 'scan.nii', 'not.zip']));
    expect(await run({ files })).toMatchObject({ versionNumber: 1, created: true });
    expect(asked()).toEqual(['GetDataset', 'ListDatasetFiles']);
  });

  test('is recognized if Kaggle stores a tar.gz unchanged', async () => {
    const files = [of('packed.tar.gz', gzipSync(await tar('g.bin'))), of('b.csv', text('b'))];
    const { run, cutOff, emulator } = world();
    await cutOff('lostAnswer', 'CreateDataset', { files });
    const [version] = emulator.state.datasets.get('alice/my-data')!.versions;
    version!.files = await Promise.all(
      files.map(async (source) => ({
        name: source.name!,
        data: new Uint8Array(await new Response(await source.slice(0, source.size)).arrayBuffer()),
        created: 0,
      })),
    );
    expect(await run({ files })).toMatchObject({ versionNumber: 1, created: true });
  });

  test('with other content is an error that says how it differs', async () => {
    const files = [of('events.zip', zip), of('b.csv', text('b'))];
    const { run, cutOff, emulator } = world();
    await cutOff('lostAnswer', 'CreateDataset', { files });
    const [version] = emulator.state.datasets.get('alice/my-data')!.versions;
    version!.files[0]!.name = 'events/other.csv';
    await expect(run({ files })).rejects.toThrow(
      /differs from this upload: it is missing events\.zip, and it also has other\.csv \(5000 bytes\), y\.csv \(1 bytes\);/,
    );
  });
});
