import { describe, expect, test } from 'vitest';
import { AuthenticationError, ValidationError } from '../../src/core/errors.ts';
import type { ClientOptions } from '../../src/core/rpc/client.ts';
import { advanceJob, beginJob, type JobPlan, type JobState, type JobStep } from '../../src/services/jobs/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { scriptedExecutor } from '../../src/testing/index.ts';
import { content, createWorld, drive, isSame, made, megabyte, planOf, type World } from './world.ts';

const files = { 'a.bin': content(3 * megabyte + 5, 1), 'b/c.csv': content(100, 2), 'empty.txt': content(0, 1) };
const output = { 'model.bin': content(2503, 3), 'log.txt': content(10, 4), none: content(0, 1) };

describe('a whole job', () => {
  test('takes the steps in their order, each with the requests of a free invocation', async () => {
    const world = createWorld({ files, output, partSize: 1000 });
    const steps: string[] = [];
    let before = 0;
    const state = await drive(world, planOf(Object.keys(files)), {
      bytes: 2 * megabyte,
      onTurn(_turn, { step }) {
        if (steps.at(-1) !== step) steps.push(step);
        const requests = world.emulator.state.requests.length - before;
        before += requests;
        expect(requests, step).toBeLessThan(50);
      },
    });
    expect(steps).toEqual(['prepare', 'upload', 'version', 'ready', 'push', 'running', 'fetch']);
    expect(state).toMatchObject({
      step: 'done',
      dataset: { ref: 'alice/my-points/1', versionNumber: 1 },
      run: { ref: 'alice/my-training', versionNumber: 1 },
      status: 'COMPLETE',
    });
    const { versions, runs } = made(world);
    expect([versions.length, runs.length]).toEqual([1, 1]);
    for (const { name, data } of versions[0]!.files)
      expect(isSame(data as Uint8Array, files[name as keyof typeof files]), name).toBe(true);
    for (const [name, data] of Object.entries(output))
      expect(isSame(world.target.files.get(name), data), name).toBe(true);
    expect(runs[0]!.request.datasetDataSources).toEqual(['alice/my-points']);
  });
});

/** A job that has taken some steps. */
async function stateAfter(world: World, plan: JobPlan, last: JobStep): Promise<JobState> {
  let found: JobState | undefined;
  await drive(world, plan, {
    onTurn({ state }) {
      if (state.step === last) found ??= state;
    },
  }).catch(() => undefined);
  return structuredClone(found!);
}

const advance = (world: World, state: unknown, client: ClientOptions = {}) => {
  const process = world.open(undefined, client);
  return advanceJob(process.client, state as JobState, process.io);
};

const small = { 'a.csv': content(50, 1) };
const smallPlan = planOf(Object.keys(small));

describe('the wrong state', () => {
  test.each([
    [
      'of another version of the package',
      (state: JobState) => ({ ...state, format: 2 }),
      'has format 2, and this version',
    ],
    ['with another step', (state: JobState) => ({ ...state, step: 'fetch' }), 'checksum does not match'],
    ['with another plan', (state: JobState) => ({ ...state, plan: { kernel: {} } }), 'checksum does not match'],
    ['with a step that does not exist', (state: JobState) => ({ ...state, step: 'next' }), '"next" is not a step'],
    ['without its checksum', ({ check: _, ...state }: JobState) => state, 'its checksum is missing'],
    ['without its id', ({ id: _, ...state }: JobState) => state, 'members are missing'],
    ['that was stored as text', (state: JobState) => JSON.stringify(state), 'expected the state of a job'],
    ['that was not found', () => null, 'expected the state of a job'],
  ])('%s: an error that says so, and no request', async (_name, change, message) => {
    const world = createWorld({ files: small });
    const state = await stateAfter(world, smallPlan, 'version');
    world.emulator.state.requests.length = 0;
    await expect(advance(world, change(state))).rejects.toThrow(ValidationError);
    await expect(advance(world, change(state))).rejects.toThrow(message);
    expect(world.emulator.state.requests).toEqual([]);
  });

  test('with its keys in another order, as some databases return them, is the same', async () => {
    const world = createWorld({ files: small });
    const state = await stateAfter(world, smallPlan, 'push');
    const reversed = Object.fromEntries(Object.entries(state).reverse());
    expect((await advance(world, reversed)).state.step).not.toBe('failed');
  });

  test('of another account: the error names both, and the owner can continue', async () => {
    const world = createWorld({ files: small });
    const state = await stateAfter(world, smallPlan, 'upload');
    await expect(advance(world, state, { token: 'KGAT_bob' })).rejects.toThrow(
      'it belongs to the account "alice", and the credential to "bob"',
    );
    expect((await advance(world, state)).state.step).not.toBe('failed');
  });

  test('of a token that was replaced: continues, and uploads again what it can no longer read', async () => {
    const world = createWorld({ files: { 'a.bin': content(3 * megabyte, 1) } });
    const plan = planOf(['a.bin']);
    const first = world.open();
    let { state } = await advanceJob(first.client, beginJob(plan), first.io, { bytes: megabyte });
    ({ state } = await advanceJob(first.client, state, first.io, { bytes: megabyte }));
    const alice = [...world.emulator.state.users.values()].find(({ username }) => username === 'alice')!;
    alice.token = 'KGAT_new';
    const end = await drive(world, plan, { client: { token: 'KGAT_new' }, begin: state });
    expect(end.step).toBe('done');
    expect(made(world).versions).toHaveLength(1);
  });

  test('a rejected credential rejects, and the state stays valid', async () => {
    const world = createWorld({ files: small });
    const state = await stateAfter(world, smallPlan, 'push');
    await expect(advance(world, state, { token: 'KGAT_revoked' })).rejects.toThrow(AuthenticationError);
    expect((await advance(world, state)).state).toMatchObject({ step: 'running', run: { versionNumber: 1 } });
    expect(made(world).runs).toHaveLength(1);
  });

  test('a username and key need a secret, by which the job then works', async () => {
    const world = createWorld({ files: small });
    const client = { token: undefined, username: 'alice', key: 'alice-key' };
    await expect(drive(world, smallPlan, { client })).rejects.toThrow('pass the option secret');
    expect((await drive(world, smallPlan, { client, secret: 'a random string' })).step).toBe('done');
  });
});

describe('a plan', () => {
  const kernel = { slug: 'alice/my-training', text: 'print(1)' };
  const loop: { self?: unknown } = {};
  loop.self = loop;
  test.each([
    [
      'a date',
      { kernel: { ...kernel, params: { since: new Date(0) } } },
      'kernel.params.since: expected JSON, got a Date',
    ],
    [
      'a function',
      { kernel: { ...kernel, params: { run: () => 1 } } },
      'kernel.params.run: expected JSON, got a function',
    ],
    ['a number that is none', { kernel: { ...kernel, params: { rate: Number.NaN } } }, 'got the number NaN'],
    ['a bigint', { kernel: { ...kernel, params: { n: 1n } } }, 'got a bigint'],
    ['bytes', { kernel: { ...kernel, params: { data: new Uint8Array(1) } } }, 'got a Uint8Array'],
    [
      'a hole',
      { kernel: { ...kernel, params: { list: [undefined] } } },
      'kernel.params.list[0]: expected JSON, got undefined',
    ],
    ['a loop', { kernel: { ...kernel, params: loop } }, 'an object that contains itself'],
    ['a folder', { kernel: { ...kernel, folder: './job' } }, 'kernel.folder: not supported in a plan'],
    ['no code', { kernel: { slug: 'alice/my-training' } }, 'kernel.text: expected the code'],
    ['no kernel', {}, 'kernel: expected the kernel to run'],
    [
      'files that are not names',
      { kernel, dataset: { owner: 'a', slug: 'my-data', files: [{ name: 'a' }] } },
      'dataset.files',
    ],
    ['a file outside', { kernel, dataset: { owner: 'a', slug: 'my-data', files: ['../a'] } }, 'dataset.files[0]'],
    ['an invalid glob', { kernel, output: '[' }, 'output: expected true, false or a glob'],
    ['an unknown member', { kernel, outputs: true }, 'outputs: no such member'],
    ['nothing', undefined, 'plan: expected an object, got undefined'],
  ])('with %s is refused at once', (_name, plan, message) => {
    expect(() => beginJob(plan as JobPlan)).toThrow(ValidationError);
    expect(() => beginJob(plan as JobPlan)).toThrow(message);
  });

  test.each([
    ['a slug that Kaggle refuses', planOf(['a.csv'], { kernel: { slug: 'alice/x', text: 'print(1)' } }), 'slug'],
    ['a title that does not fit', { ...smallPlan, dataset: { ...smallPlan.dataset!, title: 'x' } }, 'title'],
  ])('with %s fails in the first step, before anything is sent', async (_name, plan, message) => {
    const world = createWorld({ files: small });
    const state = await drive(world, plan);
    expect(state).toMatchObject({
      step: 'failed',
      error: { name: 'ValidationError', message: expect.stringContaining(message) },
    });
    expect(world.emulator.state.requests.map(({ rpc }) => rpc)).toEqual(['IntrospectToken']);
  });
});

describe('what goes wrong on the way', () => {
  test.each([
    'source',
    'target',
  ] as const)('without %s: an error that says so, and the state stays valid', async (name) => {
    const world = createWorld({ files: small });
    const state = await stateAfter(world, smallPlan, name === 'source' ? 'upload' : 'fetch');
    const process = world.open();
    const io = { ...process.io, [name]: undefined };
    await expect(advanceJob(process.client, state, io)).rejects.toThrow(`pass ${name}`);
    expect((await advance(world, state)).state.step).not.toBe('failed');
  });

  test.each([
    ['another size', content(51, 1), 'it had 50 bytes, now 51'],
    ['other content of the same size', content(50, 7), 'the file changed since the job began'],
  ])('a source that changed between the steps (%s) fails the job', async (_name, changed, message) => {
    const world = createWorld({ files: small });
    const state = await drive(world, smallPlan, {
      onTurn({ state }) {
        if (state.step === 'upload') world.sources.set('a.csv', changed);
      },
    });
    expect(state).toMatchObject({ step: 'failed', error: { message: expect.stringContaining(message) } });
    expect(state.error!.message).toContain('begin a new job');
    expect(made(world).versions).toEqual([]);
  });

  test('a kernel that fails: the state has its message and the end of its log', async () => {
    const executor = scriptedExecutor((job) => {
      job.onOutput('stderr', 'Traceback: no such column\n');
      throw new Error('exit code 1');
    });
    const world = createWorld({ files: small, executor });
    const state = await drive(world, smallPlan);
    expect(state).toMatchObject({ step: 'failed', status: 'ERROR', error: { name: 'KernelFailedError' } });
    expect(state.error!.logTail).toContain('no such column');
    expect(made(world).runs).toHaveLength(1);
  });

  test('a quota that is used up: waits until it is renewed, and runs then', async () => {
    const world = createWorld({ emulator: { users: [{ username: 'alice', token: 'KGAT_test', gpuSecondsLeft: 0 }] } });
    const kernel = { ...smallPlan.kernel, machineShape: 'NvidiaTeslaT4' };
    const pauses: number[] = [];
    const state = await drive(
      world,
      { kernel },
      {
        onTurn({ state, pause }) {
          if (state.problem) pauses.push(pause);
        },
      },
    );
    // From Friday, 00:00 UTC to Saturday, 00:00 UTC.
    expect(pauses).toEqual([expect.closeTo(24 * 3600, -2)]);
    expect(state.step).toBe('done');
    expect(made(world).runs).toHaveLength(1);
  });

  test('no free slot: waits for one, however long', async () => {
    const held: (() => void)[] = [];
    const executor = scriptedExecutor(async ({ text }) => {
      if (text.includes('busy')) await new Promise<void>((resolve) => held.push(resolve));
    });
    const world = createWorld({ executor, emulator: { concurrency: 9 } });
    for (let count = 1; count <= 5; count++) {
      const slug = `alice/other-job-${count}`;
      await kernels.push(world.open().client, { slug, newTitle: `Other job ${count}`, text: 'busy' });
    }
    let waits = 0;
    const state = await drive(
      world,
      { kernel: smallPlan.kernel },
      {
        onTurn({ state, pause }) {
          if (!state.problem) return;
          expect([state.problem, pause]).toEqual([expect.stringContaining('session count of 5'), 60]);
          if (++waits === 30) for (const end of held) end();
        },
      },
    );
    expect(state.step).toBe('done');
    expect(made(world).runs.filter(({ runs }) => runs)).toHaveLength(1);
  });

  test('a busy server: the state says what the problem is, the pauses grow, and the job ends well', async () => {
    const world = createWorld({ files: small });
    world.emulator.faults.add({ kind: 'status', status: 503, match: { method: 'GetKernelSessionStatus' }, times: 15 });
    const pauses: number[] = [];
    const state = await drive(world, smallPlan, {
      client: { retry: false },
      onTurn({ state, pause }) {
        if (state.problem) pauses.push(pause);
      },
    });
    expect(pauses.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect(Math.max(...pauses)).toBe(600);
    expect(state).toMatchObject({ step: 'done' });
    expect(state.problem).toBeUndefined();
  });

  test('a source that cannot be read is tried again, and fails the job in the end', async () => {
    const world = createWorld({ files: {} });
    const state = await drive(world, smallPlan);
    expect(state).toMatchObject({ step: 'failed', error: { message: 'no file a.csv' } });
  });

  test('output that arrives damaged is downloaded again', async () => {
    const world = createWorld({ output: { 'model.bin': content(2500, 3) }, partSize: 1000 });
    world.emulator.faults.add({ kind: 'wrongHash', match: { path: '/kf/' }, times: Number.POSITIVE_INFINITY });
    const problems = new Set<string>();
    const state = await drive(
      world,
      { kernel: smallPlan.kernel, output: true },
      {
        onTurn({ state }) {
          if (!state.problem) return;
          problems.add(state.problem);
          world.emulator.faults.clear();
        },
      },
    );
    expect([...problems]).toEqual([expect.stringContaining('checksum')]);
    expect(state.step).toBe('done');
    expect(isSame(world.target.files.get('model.bin'), content(2500, 3))).toBe(true);
  });

  test('only the output that was asked for is downloaded', async () => {
    const world = createWorld({ output: { 'a.csv': content(9, 1), 'b/c.csv': content(9, 2), 'x.bin': content(9, 3) } });
    const state = await drive(world, { kernel: smallPlan.kernel, output: '*.csv' });
    expect(state.outputs!.map(({ name }) => name)).toEqual(['a.csv', 'b/c.csv']);
    expect([...world.target.files.keys()].sort()).toEqual(['a.csv', 'b/c.csv']);
  });

  test('a step that is called too early does nothing', async () => {
    const world = createWorld({ files: small });
    const waiting: JobState[] = [];
    await drive(world, smallPlan, { onTurn: ({ state, pause }) => pause > 0 && waiting.push(state) });
    const state = waiting[0]!;
    world.clock.advance(state.wake! - 2000 - world.clock.now());
    world.emulator.state.requests.length = 0;
    expect(await advance(world, state)).toEqual({ state, pause: 2, done: false });
    expect(world.emulator.state.requests).toEqual([]);
  });

  test('an abort rejects with its reason', async () => {
    const world = createWorld({ files: small });
    const { client, io } = world.open();
    const reason = new Error('the invocation ends');
    await expect(advanceJob(client, beginJob(smallPlan), io, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});
