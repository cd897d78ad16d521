import { describe, expect, test } from 'vitest';
import type { StateStore } from '../../src/core/platform.ts';
import {
  CapacityError,
  type Job,
  PartialPushError,
  type PushRequest,
  push,
  start,
} from '../../src/services/kernels/index.ts';
import { withClock } from '../clock.ts';
import { createWorld, type Kill, memoryState } from './job-world.ts';

const request = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print(1)' };
const key = 'nightly/1';

describe('start with a key', () => {
  test('starts one run, also from a process without the state store', async () => {
    const world = createWorld({ state: memoryState() });
    const first = await start(world.connect().client, request, { key });
    const second = await start(world.connect().client, request, { key });
    expect(second.id).toBe(first.id);
    expect(second.key).toBe(key);
    const other = await start(world.connect().client, request, { key: 'nightly/2' });
    expect(other.versionNumber).toBe(2);
    const alone = createWorld();
    const [one, two] = [alone.connect(), alone.connect()];
    const { ref, versionNumber } = await start(one.client, request, { key });
    await push(one.client, { ...request, text: 'print(2)' });
    expect(await start(two.client, request, { key })).toMatchObject({ ref, versionNumber, key });
    expect(alone.versions()).toHaveLength(2);
  });

  interface Case {
    name: string;
    late?: number;
    store: () => ReturnType<typeof memoryState> | undefined;
    /** Versions before. */
    earlier: number;
    /** Code of the request. */
    code?: Partial<PushRequest>;
    /** Effects from one kill to the next. */
    stride?: number;
    /** Another push between the kill and the next process. */
    between?: boolean;
    /** Seconds between the kill and the next process. */
    pause?: number;
  }
  const withoutClaim = () => ({ ...memoryState(), claim: undefined! });
  const cases: Case[] = [
    { name: 'a new kernel', store: memoryState, earlier: 0 },
    { name: 'a kernel with versions', store: memoryState, earlier: 2 },
    { name: 'a store without locks', store: withoutClaim, earlier: 1 },
    { name: 'versions that show after 30 s', store: memoryState, earlier: 1, late: 30 },
    { name: 'a new kernel that shows after 90 s', store: memoryState, earlier: 0, late: 90 },
    { name: 'another push in between', store: memoryState, earlier: 1, between: true },
    { name: 'another push in between, shown late', store: memoryState, earlier: 1, between: true, late: 30 },
    { name: 'a day in between', store: memoryState, earlier: 1, between: true, pause: 86_400 },
    {
      name: 'a folder that is uploaded as a dataset',
      store: memoryState,
      earlier: 0,
      code: { text: undefined, files: { 'a.py': 'print(1)', 'b.bin': new Uint8Array(300_000) }, entry: 'a.py' },
      stride: 7,
    },
    { name: 'no store', store: () => undefined, earlier: 1, between: true },
  ];
  test.each(cases)('starts one run whatever kills the process: $name', async ({ store, earlier, late, ...rest }) => {
    const { between = false, pause = 0, code = {}, stride = 1 } = rest;
    const job = { ...request, ...code };
    let kills = 0;
    for (let at = 1; ; at += stride) {
      let finished = true;
      for (const when of ['before', 'after'] as const) {
        const kill: Kill = { at, when };
        const world = createWorld({ state: store(), ...(late && { late }) });
        for (let number = 1; number <= earlier; number++) {
          await push(world.connect().client, { ...request, text: `print("earlier ${number}")` });
          world.wait(100);
        }
        const first = world.connect(kill);
        const ended = await start(first.client, job, { key }).catch((error: unknown) => error);
        if (first.effects() >= at) finished = false;
        if (ended instanceof Error) kills++;
        if (between) await push(world.connect().client, { ...request, text: 'print("between")' });
        world.wait(pause);
        const { versionNumber } = await start(world.connect().client, job, { key });
        const ours = world.versions().filter(({ text }) => text.includes('print(1)'));
        expect(
          ours.map(({ number }) => number),
          `killed ${when} ${at}`,
        ).toEqual([versionNumber]);
      }
      if (finished) break;
    }
    expect(kills).toBeGreaterThan(3);
  });
});

describe('a start whose response is lost', () => {
  const lost: [string, () => Response | Promise<never>][] = [
    ['a 503', () => new Response('busy', { status: 503 })],
    ['a web page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['no response', () => Promise.reject(new TypeError('reset'))],
  ];
  test.each(lost)('finds the version that Kaggle has saved, after others have pushed: %s', async (_what, response) => {
    let pushes = 0;
    const world = createWorld({
      late: 5,
      async answer(method, sent, ask) {
        if (method !== 'SaveKernel' || ++pushes > 1) return ask(sent);
        await ask(sent);
        await push(world.connect().client, { ...request, text: 'print("other")' });
        return response();
      },
    });
    for (const options of [{}, { key }]) {
      pushes = 0;
      const job = await start(world.connect().client, request, options);
      expect(world.versions()[job.versionNumber - 1]?.text).toContain('print(1)');
    }
    expect(world.versions()).toHaveLength(4);
  });

  test('says that the same key finds it, if it does not show', async () => {
    const state = memoryState();
    let pushes = 0;
    const world = createWorld({
      state,
      late: 60,
      async answer(method, request, ask) {
        if (method !== 'SaveKernel' || ++pushes > 1) return ask(request);
        await ask(request);
        return new Response('busy', { status: 503 });
      },
    });
    await expect(start(world.connect().client, request, { key })).rejects.toThrow(
      'Kaggle may have saved the version; start again with the same key, which finds it',
    );
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(1);
    expect(world.versions()).toHaveLength(1);
  });

  test('gets its version number by the mark if Kaggle does not return it', async () => {
    const world = createWorld({
      async answer(method, request, ask) {
        const response = await ask(request);
        return method === 'SaveKernel' ? Response.json({ ...(await response.json()), versionNumber: 0 }) : response;
      },
    });
    expect((await start(world.connect().client, request)).versionNumber).toBe(1);
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(2);
  });
});

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
    const world = createWorld({ state: memoryState(), late: 60 });
    const first = world.connect({ at: 'SaveKernel', when: 'after' });
    const away = withClock(first.client, { now: () => world.now() + seconds * 1000 });
    await expect(start(away, request, { key })).rejects.toThrow('killed');
    expect(world.versions()).toHaveLength(1);
    expect((await start(world.connect().client, request, { key })).versionNumber).toBe(1);
    expect(world.versions()).toHaveLength(1);
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
