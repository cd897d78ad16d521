import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient } from '../../src/node.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { createOrVersion } from '../../src/services/datasets/index.ts';
import { type ServedEmulator, serveEmulator } from '../../src/testing/index.ts';
import { sample } from '../contract/transfer-storage.ts';
import { asked, type Running, runtimes, startRunner, until } from './upload-processes.ts';

const MiB = 2 ** 20;
/** More than one part of an upload. */
const large = sample(8 * MiB + 12345);
let root: string;
let folder: string;
let served: ServedEmulator;
let started: Running[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'upload-crash-'));
  folder = join(root, 'data');
  const { mkdir } = await import('node:fs/promises');
  await mkdir(folder);
  for (const name of ['a.csv', 'b.csv']) await writeFile(join(folder, name), `${name}\n`);
  await writeFile(join(folder, 'large.bin'), large);
  served = await serveEmulator({ lag: 20, processing: 0 });
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((running) => running.kill()));
  await served.close();
  await rm(root, { recursive: true, force: true });
});

function run(runtime: string, dataset: object = {}, again = false): Running {
  const settings = { endpoint: served.url, folder, options: { concurrency: 1 }, dataset, again };
  const running = startRunner(runtime, 'make-dataset.ts', settings, root);
  started.push(running);
  return running;
}

/** Makes the first version in this process, which keeps nothing of it for the others. */
async function makeFirst(): Promise<void> {
  const platform = { ...nodePlatform(), state: undefined };
  const client = createClient({ endpoint: served.url, token: 'KGAT_test', retry: false, platform });
  await createOrVersion(client, { owner: 'alice', slug: 'my-data', files: [folder] });
}

const dataset = () => served.emulator.state.datasets.get('alice/my-data');

/** The versions, each with its files in full: nothing lost, nothing twice. */
function expectVersions(count: number): void {
  const { versions } = dataset()!;
  expect(versions).toHaveLength(count);
  for (const { files } of versions) {
    expect(files.map(({ name }) => name)).toEqual(['a.csv', 'b.csv', 'large.bin']);
    expect(Buffer.from(files[2]!.data).equals(large)).toBe(true);
  }
}

describe.each(Object.keys(runtimes))('a process that is killed (%s)', (runtime) => {
  test('in the middle of a file: the next one sends what is missing, and no finished file again', async () => {
    const { emulator } = served;
    emulator.faults.add({ kind: 'stall', on: 'request', bytes: 5 * MiB, match: { puts: 'data' }, after: 2 });
    const first = run(runtime);
    const stored = () => [...emulator.state.uploads.values()].find(({ name }) => name === 'large.bin')?.received ?? 0;
    await until(first, () => stored() >= 5 * MiB);
    await first.kill();
    emulator.state.requests.length = 0;
    expect(await run(runtime).result).toEqual({ versionNumber: 1, created: true });
    expectVersions(1);
    const size = large.length;
    expect(asked(emulator)).toEqual([
      'GetDataset',
      `PUT bytes */${size}`,
      `PUT bytes ${5 * MiB}-${size - 1}/${size}`,
      'CreateDataset',
    ]);
  });

  // What is kept, and the waiting for a version that may still appear, are the same on all runtimes.
  test.each(
    runtime === 'node' ? ['CreateDataset', 'CreateDatasetVersion'] : [],
  )('before %s reaches the server: the call is made, with what was sent', async (method) => {
    const { emulator } = served;
    const already = method === 'CreateDatasetVersion';
    if (already) await makeFirst();
    emulator.faults.add({ kind: 'stall', on: 'request', bytes: 0, match: { method } });
    const first = run(runtime, { notes: 'next' });
    await until(first, () => emulator.faults.pending.length === 0);
    await first.kill();
    emulator.state.requests.length = 0;
    expect(await run(runtime, { notes: 'next' }).result).toEqual({
      versionNumber: already ? 2 : 1,
      created: !already,
    });
    expectVersions(already ? 2 : 1);
    expect(asked(emulator)).not.toContain('StartBlobUpload');
    expect(asked(emulator).filter((what) => what === method)).toHaveLength(1);
  });

  test.each([
    'CreateDataset',
    'CreateDatasetVersion',
  ])('after %s was carried out, before its answer: it is not made again', async (method) => {
    const { emulator } = served;
    const already = method === 'CreateDatasetVersion';
    if (already) await makeFirst();
    const versions = already ? 2 : 1;
    emulator.faults.add({ kind: 'stall', bytes: 0, match: { method } });
    const first = run(runtime, { notes: 'next' });
    await until(first, () => dataset()?.versions.length === versions);
    await first.kill();
    emulator.state.requests.length = 0;
    // What comes after is a new job.
    const next = versions + 1;
    expect(await run(runtime, { notes: 'next' }, true).result).toEqual({
      versionNumber: versions,
      created: !already,
      next,
    });
    expectVersions(next);
    // Everything before the first upload is of the job that was found.
    const requests = asked(emulator);
    const found = requests.slice(0, requests.indexOf('StartBlobUpload'));
    expect(found.filter((what) => !/^(GetDataset|ListDatasetFiles)$/.test(what))).toEqual([]);
    expect(requests.filter((what) => what === 'CreateDatasetVersion' || what === 'CreateDataset')).toEqual([
      'CreateDatasetVersion',
    ]);
  });

  test('two at the same time, on the same folder and the same dataset: both succeed', async () => {
    const both = await Promise.all([run(runtime).result, run(runtime).result]);
    expect(both.map(({ versionNumber }) => versionNumber).sort()).toEqual([1, 2]);
    expectVersions(2);
  });
});
