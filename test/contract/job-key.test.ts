import { describe, expect, test } from 'vitest';
import type { StateStore } from '../../src/core/platform.ts';
import { CapacityError, type Job, PartialPushError, start } from '../../src/services/kernels/index.ts';
import { withClock } from '../clock.ts';
import { createWorld, memoryState } from './job-world.ts';

const request = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print(1)' };
const key = 'nightly/1';

describe('a key', () => {
  test('that was used for another request returns its run, with a warning', async () => {
    for (const state of [memoryState(), undefined]) {
      const world = createWorld({ state });
      const first = await start(world.connect().client, request, { key });
      const other = world.connect();
      const job = await start(other.client, { ...request, text: 'print(2)' }, { key });
      expect(job.versionNumber).toBe(first.versionNumber);
      expect(other.warnings).toEqual([
        'kaggle-ts: the key "nightly/1" was used for another request: returning the run that it started, version 1 of ' +
          'alice/my-job-one; use another key to run this request',
      ]);
      for (const same of [{ ...request }, { ...request, slug: 'my-job-one' }]) {
        const again = world.connect();
        await start(again.client, same, { key });
        expect(again.warnings).toEqual([]);
      }
    }
  });

  test('of the same name belongs to each kernel', async () => {
    const world = createWorld({ state: memoryState() });
    const other = { ...request, slug: 'alice/my-job-two', newTitle: 'My Job Two' };
    const jobs = [
      await start(world.connect().client, request, { key }),
      await start(world.connect().client, other, { key }),
    ];
    expect(jobs.map(({ ref }) => ref)).toEqual(['alice/my-job-one', 'alice/my-job-two']);
  });

  test.each<[string, StateStore | undefined, oneClient: boolean]>([
    ['processes with a store that locks', memoryState(), false],
    ['a process with a store that does not lock', { ...memoryState(), claim: undefined! }, true],
    ['a process without a store', undefined, true],
  ])('that is used at the same time starts one run: %s', async (_what, state, oneClient) => {
    const world = createWorld({ state });
    const one = world.connect().client;
    const starts = Array.from({ length: 5 }, () => start(oneClient ? one : world.connect().client, request, { key }));
    expect(new Set((await Promise.all(starts)).map(({ id }) => id)).size).toBe(1);
    expect(world.versions()).toHaveLength(1);
  });

  test.each<[string, StateStore]>([
    ['a store without locks', { ...memoryState(), claim: undefined! }],
    ['a lock that was lost while the process was suspended', { ...memoryState(), claim: async () => async () => {} }],
  ])('that another process uses meanwhile starts one run: %s', async (_what, state) => {
    let other: Promise<Job> | undefined;
    const world = createWorld({
      state,
      async answer(method, sent, ask) {
        const response = await ask(sent);
        if (method !== 'GetKernel' || other) return response;
        other = start(world.connect().client, request, { key });
        await other;
        return response;
      },
    });
    const job = await start(world.connect().client, request, { key });
    expect(job.id).toBe((await other)?.id);
    expect(world.versions()).toHaveLength(1);
  });

  test.each([-600, 600])('of a process whose clock differs by %i s is searched all the same', async (seconds) => {
    const world = createWorld({ state: memoryState(), late: 50 });
    const first = world.connect({ at: 'SaveKernel', when: 'after' });
    const away = withClock(first.client, { now: () => world.now() + seconds * 1000 });
    await expect(start(away, request, { key })).rejects.toThrow('killed');
    expect(world.versions()).toHaveLength(1);
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(1);
    expect(world.versions()).toHaveLength(1);
  });

  test('whose process was killed before its push is pushed with the recorded mark', async () => {
    const state = memoryState();
    const records: unknown[] = [];
    const set: StateStore['set'] = async (name, value) => {
      records.push(value);
      await state.set(name, value);
    };
    const world = createWorld({ state: { ...state, set } });
    await expect(start(world.connect({ at: 'SaveKernel', when: 'before' }).client, request, { key })).rejects.toThrow();
    await start(world.connect().client, request, { key });
    const [first, second] = records as { before: object; nonces: string[] }[];
    expect(first!.nonces).toHaveLength(1);
    expect(second).toMatchObject({ before: first!.before, nonces: first!.nonces });
    expect(world.versions()[0]!.text).toContain(`.${first!.nonces[0]}\n`);
  });

  test('that another process uses waits for it, until the signal', async () => {
    const state = memoryState();
    const world = createWorld({ state: { ...state, claim: async () => undefined } });
    const controller = new AbortController();
    const { client } = world.connect();
    const { sleep } = client.clock;
    let pauses = 0;
    const patient = withClock(client, {
      sleep(ms, signal) {
        if (++pauses === 5) controller.abort(new Error('enough'));
        return sleep(ms, signal);
      },
    });
    await expect(start(patient, request, { key, signal: controller.signal })).rejects.toThrow('enough');
    expect(pauses).toBe(5);
    expect(world.versions()).toEqual([]);
  });

  const refusing = (member: keyof StateStore, times = Number.POSITIVE_INFINITY): StateStore => {
    const state = memoryState();
    let calls = 0;
    return {
      ...state,
      async [member](...values: unknown[]) {
        if (++calls >= times) throw new Error('disk full');
        return (state[member] as (...values: unknown[]) => Promise<unknown>)(...values);
      },
    } as StateStore;
  };
  test.each(['get', 'set', 'claim'] as const)('starts nothing if the store fails to %s', async (member) => {
    const world = createWorld({ state: refusing(member, 1) });
    await expect(start(world.connect().client, request, { key })).rejects.toThrow(
      'cannot start the job with the key "nightly/1": the state store failed (disk full); nothing was pushed; repair the ' +
        'store, or omit key',
    );
    expect(world.versions()).toEqual([]);
  });

  test('that cannot be recorded after the push still returns the job, and finds it again', async () => {
    const world = createWorld({ state: refusing('set', 2) });
    const job = await start(world.connect().client, request, { key });
    expect((await start(world.connect().client, request, { key })).id).toBe(job.id);
    expect(world.versions()).toHaveLength(1);
  });

  test('works with a store that keeps nothing, as that of a machine without a home folder', async () => {
    const nothing: StateStore = {
      get: async () => undefined,
      set: async () => {},
      delete: async () => {},
      claim: async () => undefined,
    };
    const world = createWorld({ state: nothing });
    const jobs = [
      await start(world.connect().client, request, { key }),
      await start(world.connect().client, request, { key }),
    ];
    expect(jobs.map(({ versionNumber }) => versionNumber)).toEqual([1, 1]);
  });

  test.each([
    null,
    5,
    'x',
    {},
    { type: 'pending', before: { a: 'b' }, at: 1 },
    { type: 'started', id: 5 },
  ])('whose record is damaged (%j) is searched', async (damaged) => {
    const state = memoryState();
    const world = createWorld({ state });
    await start(world.connect().client, request, { key });
    const { get } = state;
    state.get = async (name) => ((await get(name)) === undefined ? undefined : damaged);
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(1);
    expect(world.versions()).toHaveLength(1);
  });

  test('whose record is that of a newer version of the package says so', async () => {
    const state = memoryState();
    const world = createWorld({ state });
    await start(world.connect().client, request, { key });
    const { get } = state;
    state.get = async (name) => {
      const { id, ...record } = (await get(name)) as { id: string };
      return { ...record, id: id.replace('kj1', 'kj9') };
    };
    await expect(start(world.connect().client, request, { key })).rejects.toThrow('has the format 9');
  });

  test('whose push was accepted in part throws that once, and then returns the job', async () => {
    const world = createWorld({ state: memoryState() });
    const partial = { ...request, categoryIds: ['no such tag'] };
    const error = await start(world.connect().client, partial, { key }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PartialPushError);
    expect((await start(world.connect().client, partial, { key })).versionNumber).toBe(1);
    expect(world.versions()).toHaveLength(1);
  });

  test('whose push was refused is pushed again without a search', async () => {
    let refuse = true;
    const world = createWorld({
      state: memoryState(),
      async answer(method, request, ask) {
        if (method === 'SaveKernel' && refuse) return Response.json({ error: 'Kernel not found', versionNumber: 0 });
        return ask(request);
      },
    });
    await expect(start(world.connect().client, request, { key })).rejects.toThrow('Kernel not found');
    refuse = false;
    const second = world.connect();
    expect((await start(second.client, request, { key })).versionNumber).toBe(1);
    expect(second.calls).toEqual(['GetKernel', 'SaveKernel']);
  });
});

describe('a version that Kaggle saved without a run, as no slot was free', () => {
  /** Saves the first push without a run, and refuses it. */
  const fullAtFirst = (state: StateStore | undefined) => {
    let pushes = 0;
    return createWorld({
      state,
      async answer(method, request, ask) {
        if (method !== 'SaveKernel' || ++pushes > 1) return ask(request);
        const body = { ...(await request.clone().json()), kernelExecutionType: 'QUICK_SAVE' };
        await ask(new Request(request, { body: JSON.stringify(body) }));
        return Response.json({ error: 'Maximum batch CPU session count of 5 reached.', versionNumber: 0 });
      },
    });
  };

  test('is not the run of its key', async () => {
    const world = fullAtFirst(memoryState());
    await expect(start(world.connect().client, request, { key })).rejects.toThrow(CapacityError);
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(2);
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(2);
    expect(world.versions()).toHaveLength(2);
  });

  test('is its run for a process that does not know of the refusal, until a run should have started', async () => {
    const world = fullAtFirst(undefined);
    await expect(start(world.connect().client, request, { key })).rejects.toThrow(CapacityError);
    const job = await start(world.connect().client, request, { key });
    expect(job.versionNumber).toBe(1);
    expect((await job.peek()).status).toBe('NOT_STARTED');
    world.wait(901);
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(2);
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(2);
  });
});
