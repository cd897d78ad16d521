import { describe, expect, test } from 'vitest';
import { KaggleError } from '../../src/core/errors.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { memoryState } from '../../src/platform/memory/state.ts';
import type { ApiDataset } from '../../src/services/datasets/generated/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { snapshotOf } from '../../src/services/datasets/look-up.ts';
import { findVersion, type Mark, type SearchResult } from '../../src/services/versions/find-version.ts';
import { createEmulator } from '../../src/testing/index.ts';
import { timeline, withClock } from '../clock.ts';
import { fakeServer } from './transfer-storage.ts';

describe('which version is ours', () => {
  const shown = (...versions: [number, string?][]) => ({
    currentVersionNumber: versions.at(-1)?.[0] ?? 0,
    versions: versions.map(([versionNumber, versionNotes]) => ({ versionNumber, versionNotes })),
  });
  const marked = { before: 1, notes: 'x (kaggle-ts 1f2e3d4c)', nonce: '1f2e3d4c' };
  const plain = { before: 1, notes: 'x', nonce: undefined };
  test.each<[string, object | undefined, Mark, SearchResult]>([
    ['nothing is visible', undefined, marked, 'absent'],
    ['nothing is new', shown([1, 'a']), marked, 'absent'],
    ['ours', shown([1, 'a'], [2, 'x (kaggle-ts 1f2e3d4c)']), marked, 2],
    ['ours after one of another client', shown([1, 'a'], [2, 'y'], [3, 'x (kaggle-ts 1f2e3d4c)']), marked, 3],
    ['only one of another client: ours may be next', shown([1, 'a'], [2, 'x (kaggle-ts 00000000)']), marked, 'others'],
    ['one without notes', shown([1, 'a'], [2]), marked, 'unclear'],
    ['a number without an entry', { currentVersionNumber: 2 }, marked, 'unclear'],
    ['without a marker: the only new one, with our notes', shown([1, 'a'], [2, 'x']), plain, 2],
    ['without a marker: one of another client', shown([1, 'a'], [2, 'y']), plain, 'others'],
    ['without a marker: two with our notes', shown([1, 'a'], [2, 'x'], [3, 'x']), plain, 'unclear'],
    ['without a marker: one of two', shown([1, 'a'], [2, 'y'], [3, 'x']), plain, 'unclear'],
  ])('%s', (_name, dataset, mark, result) => {
    expect(findVersion(dataset && snapshotOf(dataset as ApiDataset), mark)).toBe(result);
  });
});

const content = (text: string) => ({ owner: 'alice', slug: 'my-data', files: [{ name: `${text}.csv`, data: text }] });

describe('versions that several clients create at the same time', () => {
  test.each([
    ['of processes without state', () => undefined],
    ['of processes that share their state', () => memoryState()],
  ])('%s: each gets its own number', async (_name, newState) => {
    const emulator = createEmulator({ lag: 20, processing: 40 });
    const state = newState();
    const names = ['one', 'two', 'three', 'four'];
    const clientOf = () =>
      createClient({
        endpoint: 'https://api.test',
        token: 'KGAT_test',
        fetch: emulator.fetch,
        platform: { ...memoryPlatform(), state },
      });
    const first = await datasets.createOrVersion(clientOf(), content('zero'));
    await first.ready();
    for (const round of [0, 1]) {
      const made = await Promise.all(names.map((name) => datasets.createOrVersion(clientOf(), content(name))));
      const { versions } = emulator.state.datasets.get('alice/my-data')!;
      expect(made.map(({ versionNumber }) => versionNumber).sort()).toEqual([2, 3, 4, 5].map((n) => n + 4 * round));
      for (const [index, { versionNumber }] of made.entries()) {
        const version = versions.find(({ number }) => number === versionNumber)!;
        expect(version.files.map(({ name }) => name)).toEqual([`${names[index]}.csv`]);
      }
    }
    await emulator.close();
  });
});

/** A server with one dataset, which shows as much of a new version as it is told. */
function world() {
  const server = fakeServer();
  const versions = [{ versionNumber: 1, versionNotes: 'first' as string | undefined, files: ['old.csv'], size: 3 }];
  const view = { notes: true, shown: () => versions.length };
  const add = (files: string[], notes: string, size = 3) =>
    versions.push({ versionNumber: versions.length + 1, versionNotes: notes, files, size });
  server.rpc = {
    GetDataset() {
      const shown = versions.slice(0, view.shown());
      return {
        ref: 'alice/my-data',
        currentVersionNumber: shown.length,
        versions: shown.map(({ versionNumber, versionNotes }) => ({
          versionNumber,
          ...(view.notes && { versionNotes }),
        })),
      };
    },
    GetDatasetStatus: () => ({ status: 'READY' }),
    CreateDatasetVersion({ body }) {
      const { versionNotes } = body as { versionNotes: string };
      add(['a.csv'], versionNotes);
      return { status: 'ok' };
    },
    ListDatasetFiles({ datasetVersionNumber }) {
      const { files = [], size = 0 } = versions[Number(datasetVersionNumber) - 1] ?? {};
      return { datasetFiles: files.map((name) => ({ name, totalBytes: size })) };
    },
  };
  const make = () =>
    datasets.createVersion(server.client, { owner: 'alice', slug: 'my-data', files: [{ name: 'a.csv', data: 'a,b' }] });
  return { server, versions, view, add, make };
}

describe('a number that is not visible', () => {
  test('is not guessed: ready finds it by the marker, after the version of another client', async () => {
    const { view, add, make, server } = world();
    const create = server.rpc.CreateDatasetVersion!;
    server.rpc.CreateDatasetVersion = (request) => {
      add(['a.csv'], 'theirs');
      return create(request);
    };
    view.shown = () => 2;
    const made = await make();
    expect(made.versionNumber).toBeUndefined();
    let looks = 0;
    view.shown = () => (looks++ < 3 ? 2 : 3);
    const seen: string[] = [];
    expect(await made.ready({ onStatus: (status) => seen.push(status) })).toEqual({
      status: 'READY',
      versionNumber: 3,
    });
    expect(seen).toEqual(['NOT_YET_PERSISTED', 'READY']);
  });

  test.each([
    ['the files of the other differ in name', ['b.csv'], 3, 3],
    ['the files of the other differ in size', ['a.csv'], 4, 3],
  ])('where no notes are shown, its files tell: %s', async (_name, files, size, number) => {
    const { view, add, make, server } = world();
    view.notes = false;
    const create = server.rpc.CreateDatasetVersion!;
    server.rpc.CreateDatasetVersion = (request) => {
      add(files, 'theirs', size);
      return create(request);
    };
    const made = await make();
    expect(made.versionNumber).toBeUndefined();
    expect(await made.ready()).toEqual({ status: 'READY', versionNumber: number });
  });

  test('ready rejects if nothing tells the versions apart', async () => {
    const { view, add, make, server } = world();
    view.notes = false;
    const create = server.rpc.CreateDatasetVersion!;
    server.rpc.CreateDatasetVersion = (request) => {
      add(['a.csv'], 'theirs');
      return create(request);
    };
    const made = await make();
    await expect(made.ready()).rejects.toThrow(
      /cannot tell which version .* versions 2, 3 all list the uploaded files/,
    );
  });

  test('a look-up that fails does not make the version fail', async () => {
    const { server, make } = world();
    const create = server.rpc.CreateDatasetVersion!;
    server.rpc.CreateDatasetVersion = (request) => {
      server.rpc.GetDataset = () => Response.json({ code: 500, message: 'Internal error' }, { status: 500 });
      return create(request);
    };
    expect((await make()).versionNumber).toBeUndefined();
  });
});

describe('files that must be listed after READY', () => {
  test('include every uploaded file', async () => {
    const { server, make } = world();
    const made = await make();
    const list = server.rpc.ListDatasetFiles!;
    let looks = 0;
    server.rpc.ListDatasetFiles = (request) => (looks++ < 3 ? { datasetFiles: [] } : list(request));
    const seen: string[] = [];
    await made.ready({ onStatus: (status) => seen.push(status) });
    expect(seen).toEqual(['LISTING', 'READY']);
    expect(looks).toBe(4);
  });

  test('are an error if they are missing after minutes: it names them, and says what to do', async () => {
    const { versions, make } = world();
    const made = await make();
    versions[1]!.files = [];
    const failure = await made.ready().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KaggleError);
    expect(String(failure)).toMatch(
      /version 2 is READY, but Kaggle does not list these uploaded files: "a\.csv"; .* files: \[\]/,
    );
    expect(await made.ready({ files: [] })).toEqual({ status: 'READY', versionNumber: 2 });
  });

  test('can be passed to waitUntilReady', async () => {
    const { server } = world();
    const ref = { owner: 'alice', slug: 'my-data', version: 1 };
    expect(await datasets.waitUntilReady(server.client, ref, { files: ['sub/old.csv'] })).toMatchObject({
      status: 'READY',
    });
    const missing = datasets.waitUntilReady(server.client, ref, { files: ['new.csv'] });
    await expect(missing).rejects.toThrow('does not list these uploaded files: "new.csv"');
  });

  test('are not checked if the listing keeps failing', async () => {
    const { server, make } = world();
    const made = await make();
    server.rpc.ListDatasetFiles = () => Response.json({ code: 403, message: 'denied' }, { status: 403 });
    expect(await made.ready()).toEqual({ status: 'READY', versionNumber: 2 });
  });

  test('a timeout says where Kaggle shows the reason', async () => {
    const { server } = world();
    server.rpc.GetDatasetStatus = () => ({ status: 'BLOBS_RECEIVED' });
    const late = datasets.waitUntilReady(withClock(server.client, timeline()), 'alice/my-data', { timeout: 60 });
    await expect(late).rejects.toThrow(
      /BLOBS_RECEIVED.*kaggle\.com\/datasets\/alice\/my-data, which shows .* too large/,
    );
  });
});
