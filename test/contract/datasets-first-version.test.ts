import { describe, expect, test } from 'vitest';
import { ApiError, NotFoundError, PermissionError, TimeoutError } from '../../src/core/errors.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { fakeServer } from './transfer-storage.ts';

const content = { owner: 'alice', slug: 'my-data', title: 'My data', files: [{ name: 'a.csv', data: 'a,b' }] };
const answer = { ref: '/alice/my-data', url: 'https://www.kaggle.com/datasets/alice/my-data', status: 'ok', error: '' };
const taken = 'The requested title "My data" is already in use by a dataset. Please choose another title.';

/** An error in the two shapes that Kaggle's servers give it. */
const shapes = {
  flat: (code: number, message: string) => Response.json({ code, message }, { status: code }),
  nested: (code: number, message: string) =>
    Response.json(
      { error: { code, message, status: code === 403 ? 'PERMISSION_DENIED' : 'NOT_FOUND' } },
      { status: code },
    ),
};

/**
 * A server on which the first version of alice's dataset takes `steps` looks at its status until it is READY, and of
 * which nothing shows for the first `hidden` of those; until then another version is refused.
 */
function world({
  steps = 4,
  hidden = 0,
  shape = 'flat' as keyof typeof shapes,
  user = 'alice',
  exists = true,
  platform = {},
} = {}) {
  const server = fakeServer({ platform });
  const { pauses } = server;
  const error = shapes[shape];
  const state = { versions: exists ? [{ versionNumber: 1, versionNotes: '' }] : [], looks: exists ? 0 : -1 };
  const ready = () => state.looks >= steps;
  server.rpc = {
    IntrospectToken: () => ({ active: true, username: user }),
    GetDataset() {
      if (state.versions.length === 0) return error(404, 'Dataset not found');
      if (state.looks < hidden) {
        state.looks++;
        return error(403, "Permission 'datasets.get' was denied");
      }
      const { versions } = state;
      return { ref: 'alice/my-data', title: 'My data', currentVersionNumber: versions.length, versions };
    },
    GetDatasetStatus() {
      if (state.looks < hidden) return error(404, 'Dataset not found');
      state.looks++;
      return { status: ready() ? 'READY' : 'BLOBS_RECEIVED' };
    },
    CreateDataset() {
      if (state.versions.length > 0) return { status: 'Error', error: taken };
      state.versions.push({ versionNumber: 1, versionNotes: '' });
      state.looks = 0;
      return answer;
    },
    CreateDatasetVersion({ body }) {
      if (!ready()) return error(403, "Permission 'datasets.update' was denied");
      const { versionNotes } = body as { versionNotes: string };
      state.versions.push({ versionNumber: state.versions.length + 1, versionNotes });
      return answer;
    },
    ListDatasetFiles: () => ({ datasetFiles: [{ name: 'a.csv', totalBytes: 3 }] }),
  };
  const seen: string[] = [];
  const verbs = { createOrVersion: datasets.createOrVersion, createVersion: datasets.createVersion };
  const run = (options: datasets.DatasetOptions = {}, verb: keyof typeof verbs = 'createOrVersion') =>
    verbs[verb](server.client, verb === 'createVersion' ? { ...content, title: undefined } : content, {
      onStatus: (status) => seen.push(status),
      ...options,
    });
  const asked = (): string[] => server.seen.map(({ method }) => method);
  /** How many files were sent. */
  const sent = () => asked().filter((method) => method === 'StartBlobUpload').length;
  return { server, state, run, asked, sent, pauses, seen };
}

describe.each(
  Object.keys(shapes) as (keyof typeof shapes)[],
)('a first version that is being processed, errors %s', (shape) => {
  test.each([
    'createOrVersion',
    'createVersion',
  ] as const)('%s waits for it before a byte is sent, with a word', async (verb) => {
    const { run, asked, seen, sent, state } = world({ shape });
    expect(await run({}, verb)).toMatchObject({ versionNumber: 2, created: false });
    expect(seen).toEqual(['BLOBS_RECEIVED', 'READY']);
    expect(asked().indexOf('StartBlobUpload')).toBeGreaterThan(asked().lastIndexOf('GetDatasetStatus'));
    expect(sent()).toBe(1);
    expect(state.versions).toHaveLength(2);
  });

  test('also waits if this client just created the dataset, and it is not visible', async () => {
    const { run, asked, seen, sent } = world({ shape, exists: false, hidden: 3, steps: 6 });
    expect(await run()).toMatchObject({ versionNumber: 1, created: true });
    expect(await run()).toMatchObject({ versionNumber: 2, created: false });
    expect(seen).toEqual(['NOT_YET_PERSISTED', 'BLOBS_RECEIVED', 'READY']);
    expect(asked().filter((method) => method === 'CreateDataset')).toHaveLength(1);
    expect(asked().lastIndexOf('StartBlobUpload')).toBeGreaterThan(asked().lastIndexOf('GetDatasetStatus'));
    expect(sent()).toBe(2);
  });

  test('waits for the owner if the dataset is visible, but its status is refused', async () => {
    const { server, run, seen } = world({ shape, steps: 3 });
    const status = server.rpc.GetDatasetStatus!;
    let refusals = 3;
    server.rpc.GetDatasetStatus = (body) => (refusals-- > 0 ? shapes[shape](404, 'Dataset not found') : status(body));
    expect(await run()).toMatchObject({ versionNumber: 2 });
    expect(seen[0]).toBe('NOT_YET_PERSISTED');
  });

  test('sends nothing twice if another process created the dataset, and it becomes visible only after the upload', async () => {
    const { run, sent, asked, seen } = world({ shape, hidden: 2, steps: 6 });
    expect(await run()).toMatchObject({ versionNumber: 2, created: false });
    expect(seen).toEqual(['BLOBS_RECEIVED', 'READY']);
    expect(sent()).toBe(1);
    expect(asked().filter((method) => method === 'CreateDatasetVersion')).toHaveLength(1);
  });

  test('waits once after a refusal if the status did not show the processing', async () => {
    const { server, run, sent, asked } = world({ shape, steps: 4 });
    const status = server.rpc.GetDatasetStatus!;
    let first = true;
    server.rpc.GetDatasetStatus = (body) => {
      if (!first) return status(body);
      first = false;
      return { status: 'READY' };
    };
    expect(await run()).toMatchObject({ versionNumber: 2 });
    expect(sent()).toBe(1);
    expect(asked().filter((method) => method === 'CreateDatasetVersion')).toHaveLength(2);
  });

  test("somebody else's dataset is not waited for", async () => {
    const { server, run, pauses, asked } = world({ shape, user: 'bob' });
    server.rpc.GetDatasetStatus = () => shapes[shape](404, 'Dataset not found');
    const failure = await run().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PermissionError);
    expect(String(failure)).toMatch(
      /alice\/my-data does not exist, you cannot change it, or Kaggle is still processing its first version/,
    );
    expect(pauses).toEqual([]);
    expect(asked().filter((method) => method === 'CreateDatasetVersion')).toHaveLength(1);
  });
});

describe('waiting for a first version', () => {
  test('ends with an error that says what to do, and sends nothing', async () => {
    for (const waitForProcessing of [0, 0.05]) {
      const { run, sent } = world({ steps: 1e9, platform: { clock: undefined } });
      const failure = await run({ waitForProcessing }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(TimeoutError);
      expect(String(failure)).toMatch(/still processing its first version.* raise waitForProcessing/);
      expect(sent()).toBe(0);
    }
  });

  test('ends if nothing is visible for minutes: the response to the call decides', async () => {
    const { server, run, pauses } = world({ exists: false });
    await run();
    server.rpc.GetDatasetStatus = () => Response.json({ code: 404, message: 'Dataset not found' }, { status: 404 });
    await expect(run()).rejects.toThrow("Permission 'datasets.update' was denied");
    expect(pauses.length).toBeGreaterThan(15);
  });

  test('does not apply to create: an existing dataset is an error immediately', async () => {
    const { server, pauses, run } = world({ exists: false, hidden: 100 });
    await run();
    await expect(datasets.create(server.client, content)).rejects.toThrow('it already exists');
    expect(pauses).toEqual([]);
  });

  test('ends with the reason of an abort', async () => {
    const controller = new AbortController();
    const { run, sent } = world({ steps: 1e9, platform: { clock: undefined } });
    const onStatus = () => controller.abort('enough');
    await expect(run({ signal: controller.signal, onStatus })).rejects.toBe('enough');
    expect(sent()).toBe(0);
  });

  test('ends if the processing failed: the response to the next version decides', async () => {
    const { server, run } = world({ steps: 0 });
    server.rpc.GetDatasetStatus = () => ({ status: 'FAILED' });
    expect(await run()).toMatchObject({ versionNumber: 2 });
  });

  test('does not apply to a dataset with more versions: their processing may overlap', async () => {
    const { state, server, run, asked } = world({ steps: 0 });
    state.versions.push({ versionNumber: 2, versionNotes: 'x' });
    server.rpc.GetDatasetStatus = () => ({ status: 'BLOBS_RECEIVED' });
    expect(await run()).toMatchObject({ versionNumber: 3 });
    expect(asked()).not.toContain('GetDatasetStatus');
  });
});

test('createVersion looks again for a dataset of the owner, for some seconds, and for that of others not', async () => {
  const own = world({ hidden: 2, steps: 2 });
  expect(await own.run({}, 'createVersion')).toMatchObject({ versionNumber: 2 });
  for (const [user, looks] of [
    ['alice', 6],
    ['bob', 1],
  ] as const) {
    const { run, asked } = world({ exists: false, user });
    const failure = await run({}, 'createVersion').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(String(failure)).toContain('created a moment ago');
    expect(asked().filter((method) => method === 'GetDataset')).toHaveLength(looks);
  }
});

describe('refusals of Kaggle', () => {
  test.each<[string, unknown, RegExp, number]>([
    [
      'a taken name',
      { status: 'Error', error: taken },
      /already in use by a dataset.*choose others.*names of deleted datasets/,
      200,
    ],
    [
      'a taken name, by code',
      Response.json({ code: 409, message: 'Conflict' }, { status: 409 }),
      /Conflict: alice already has a dataset with the slug "my-data" or the title "My data"/,
      409,
    ],
    [
      'no reason',
      Response.json({ code: 400, message: 'Bad Request' }, { status: 400 }),
      /Bad Request: Kaggle gives no reason.*notebook of alice.*license "CC0" is unknown/,
      400,
    ],
    [
      'no reason and no JSON',
      new Response('', { status: 400 }),
      /HTTP 400 with an empty body: Kaggle gives no reason/,
      400,
    ],
    [
      'the owner',
      { status: 'Error', error: 'Invalid Owner Id' },
      /Invalid Owner Id: "alice" is neither your user name/,
      200,
    ],
    [
      'the kind',
      { status: 'Error', error: 'Incompatible Dataset Type' },
      /Incompatible Dataset Type: alice\/my-data was probably not created from/,
      200,
    ],
    [
      'the size',
      { status: 'Error', error: 'The size of your files is 9 bytes, it exceeds the maximum of 8' },
      /exceeds the maximum of 8: upload fewer or smaller files/,
      200,
    ],
    ['an unknown reason', { status: 'Error', error: 'The moon is full.' }, /CreateDataset: The moon is full\.$/, 200],
  ])('%s: keeps its own words, and says what to do', async (_name, reply, message, status) => {
    const { server } = world({ exists: false });
    server.rpc.CreateDataset = () => (reply instanceof Response ? reply.clone() : reply);
    const failure = await datasets
      .createOrVersion(server.client, { ...content, licenseName: 'CC0' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status, method: 'datasets.DatasetApiService/CreateDataset' });
    expect(String(failure)).toMatch(message);
  });

  test('a version of a missing dataset', async () => {
    const { server, run } = world({ steps: 0 });
    server.rpc.CreateDatasetVersion = () =>
      Response.json(
        { code: 400, message: 'Failed to resolve the necessary information from the request.' },
        { status: 400 },
      );
    await expect(run()).rejects.toThrow(/necessary information from the request: alice\/my-data does not exist/);
  });

  test('the usability rating: the dataset was created anyway', async () => {
    const { server, state, run } = world({ exists: false });
    const create = server.rpc.CreateDataset!;
    server.rpc.CreateDataset = (body) => {
      create(body);
      return { status: 'Error', error: 'Cannot update dataset usability rating without a current dataset version' };
    };
    expect(await run()).toMatchObject({ versionNumber: 1, created: true });
    expect(state.versions).toHaveLength(1);
  });
});
