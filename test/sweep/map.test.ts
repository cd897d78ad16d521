import { describe, expect, test } from 'vitest';
import { memoryState } from '../../src/platform/memory/state.ts';
import { map } from '../../src/services/kernels/map/map.ts';
import type { MapEvent, MapOptions } from '../../src/services/kernels/map/types.ts';
import { push } from '../../src/services/kernels/push/push.ts';
import { QuotaError } from '../../src/services/kernels/push/refusals.ts';
import { gpuKernel, kernel } from './kernels.ts';
import { failure, range, statuses } from './results.ts';
import { createWorld, type World } from './world.ts';

const schedule = { first: 30, longest: 60 };
const hour = 3600;

describe('slots', () => {
  test('two slots, twenty inputs: both are always used, and one push is refused in all', async () => {
    const world = createWorld(() => ({ seconds: 300 }));
    const { client } = world.process();
    const results = await map(client, range(20), gpuKernel, { schedule }).all();
    expect(results.map(({ index, input, status }) => [index, input, status])).toEqual(
      range(20).map((index) => [index, index, 'COMPLETE']),
    );
    expect(world.runs()).toEqual(range(20));
    expect(world.busiest()).toBe(2);
    expect(world.count('SaveKernel')).toBe(21);
    // Ten pairs of five minutes each, and up to a minute until the end of each is seen.
    expect(world.seconds()).toBeLessThan(10 * 360 + 60);
  });

  test('one slot is used elsewhere: the sweep takes it when it is free', async () => {
    const world = createWorld((input) => ({ seconds: input === 'other' ? 2000 : 300 }));
    const { client } = world.process();
    await push(client, { ...gpuKernel, slug: 'alice/another', newTitle: 'Another', params: 'other' });
    await map(client, range(14), gpuKernel, { schedule }).all();
    expect(world.busiest()).toBe(2);
    expect(world.seconds()).toBeLessThan(2000 + 5 * 360 + 300);
  });

  test('all slots are used elsewhere: it waits, and says so', async () => {
    const world = createWorld((input) => ({ seconds: input === 'other' ? 1000 : 60 }));
    const { client } = world.process();
    for (const slug of ['another', 'third-one'])
      await push(client, { ...gpuKernel, slug: `alice/${slug}`, newTitle: slug.replace('-', ' '), params: 'other' });
    const waits: MapEvent[] = [];
    const onEvent = (event: MapEvent) => void (event.type === 'waiting' && waits.push(event));
    expect(await statuses(map(client, range(2), gpuKernel, { schedule, onEvent }))).toEqual(['COMPLETE', 'COMPLETE']);
    expect(waits[0]).toMatchObject({ for: 'slot', counts: { total: 2, todo: 2, running: 0 } });
    expect(world.seconds()).toBeLessThan(1200);
  });

  test('a number of runs at the same time is kept', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    await map(world.process().client, range(6), kernel, { concurrency: 3, schedule }).all();
    expect(world.busiest()).toBe(3);
    expect(world.count('SaveKernel')).toBe(6);
  });
});

describe('quota', () => {
  /** A world in which three runs of an hour use up the quota of the week. */
  const scarce = () =>
    createWorld(() => ({ seconds: hour }), {
      users: [{ username: 'alice', token: 'KGAT_test', gpuSecondsLeft: 2.5 * hour }],
    });

  test('stop: what runs is finished and recorded, and the error tells when to continue', async () => {
    const world = scarce();
    const options = { key: 'grid', schedule };
    const done: number[] = [];
    const sweep = map(world.process().client, range(6), gpuKernel, options);
    const error = await (async () => {
      for await (const { index } of sweep) done.push(index);
    })().catch((reason) => reason);
    expect(error).toBeInstanceOf(QuotaError);
    expect(error).toMatchObject({ accelerator: 'GPU', refilled: new Date('2026-11-28T00:00:00Z') });
    expect(error.message).toBe(
      `the sweep "grid" stopped with ${done.length} of 6 inputs: the weekly GPU quota is used up; call again with the same key ` +
        "after 2026-11-28T00:00:00.000Z, when it renews, or pass onQuota: 'wait'",
    );
    expect(done.length).toBeGreaterThan(1);
    expect(done.length).toBeLessThan(6);

    // Too early: nothing is started, and the error is the same.
    const pushes = world.count('SaveKernel');
    expect(await failure(map(world.process().client, range(6), gpuKernel, options))).toMatchObject({
      message: error.message,
    });
    expect(world.count('SaveKernel')).toBe(pushes);

    await world.clock.sleep(Date.parse('2026-11-28T00:00:00Z') - world.clock.now());
    expect(await statuses(map(world.process().client, range(6), gpuKernel, options))).toEqual(
      range(6).map(() => 'COMPLETE'),
    );
    expect(world.runs()).toEqual(range(6));
  });

  test('Kaggle does not tell when it is refilled: it is asked', async () => {
    const world = scarce();
    const request = { ...gpuKernel, checkQuota: false };
    const error = await failure(map(world.process().client, range(6), request, { schedule }));
    expect(error).toMatchObject({ name: 'QuotaError', limit: 108_000, refilled: new Date('2026-11-28T00:00:00Z') });
  });

  test('an account without any quota does not wait for it', async () => {
    const world = createWorld(() => ({ seconds: hour }));
    const { client } = world.process();
    const call = async (method: { name: string }, ...rest: unknown[]) => {
      const found = await (client.call as (...values: unknown[]) => Promise<object>)(method, ...rest);
      return method.name === 'GetAcceleratorQuotaStatistics' ? { ...found, gpuQuota: { totalTimeAllowed: 0 } } : found;
    };
    const error = await failure(map({ ...client, call: call as never }, range(2), gpuKernel, { onQuota: 'wait' }));
    expect(error.message).toMatch(
      /stopped, as Kaggle refused the last 2 pushes: this account has no GPU quota; verify its phone/,
    );
    expect(world.count('SaveKernel')).toBe(0);
  });

  test('wait: the sweep continues when the quota is refilled', async () => {
    const world = scarce();
    const waits: MapEvent[] = [];
    const onEvent = (event: MapEvent) => void (event.type === 'waiting' && waits.push(event));
    const options: MapOptions = { onQuota: 'wait', schedule, onEvent };
    expect(await statuses(map(world.process().client, range(6), gpuKernel, options))).toEqual(
      range(6).map(() => 'COMPLETE'),
    );
    expect(world.runs()).toEqual(range(6));
    expect(waits).toContainEqual(
      expect.objectContaining({ for: 'quota', until: new Date('2026-11-28T00:00:00.000Z') }),
    );
    // Not a request more than needed while it waits.
    expect(world.count('GetAcceleratorQuotaStatistics')).toBeLessThan(20);
  });
});

describe('a known key', () => {
  const options = { key: 'grid', schedule };

  async function half(inputs: readonly unknown[]): Promise<World> {
    const world = createWorld(() => ({ seconds: 60 }));
    for await (const _ of map(world.process().client, inputs, kernel, { ...options, concurrency: 1 })) break;
    return world;
  }

  test('other inputs are an error, and nothing is started', async () => {
    const world = await half([1, 2, 3]);
    const before = world.count('SaveKernel');
    const said = async (inputs: readonly unknown[]) =>
      (await failure(map(world.process().client, inputs, kernel, options))).message;
    expect(await said([1, 2, 4])).toBe(
      'cannot resume the sweep "grid": its inputs have changed; pass what it began with, inputs in the same order, or begin a ' +
        'new sweep with another key',
    );
    expect(await said([3, 2, 1])).toMatch(/its inputs have changed/);
    expect(await said([1, 2, 3, 4])).toMatch(/^cannot resume the sweep "grid": it has 3 inputs, got 4; pass/);
    expect(await said([])).toMatch(/it has 3 inputs, got 0/);
    expect(world.count('SaveKernel')).toBe(before);
  });

  test('the state of another version of the package, or a damaged one, is an error, and nothing is started', async () => {
    const world = await half([1, 2, 3]);
    const before = world.count('SaveKernel');
    const [name, text] = [...world.values][0]!;
    const said = async (change: object) => {
      world.values.set(name, JSON.stringify({ ...JSON.parse(text), ...change }));
      return (await failure(map(world.process().client, [1, 2, 3], kernel, options))).message;
    };
    expect(await said({ format: 2 })).toBe(
      'cannot resume the sweep "grid": another version of kaggle-ts wrote its state (format 2, expected 1); resume it with that ' +
        'version, or start a new sweep with another key',
    );
    const damaged = /^cannot resume the sweep "grid": its state is damaged; start a new sweep with another key$/;
    for (const change of [
      { format: 'x' },
      { entries: undefined },
      { entries: [[1, 1], [9, 1], 0] },
      { entries: [[1, 'x'], 0, 0] },
      { before: '1' },
      { slots: undefined },
      { starting: { index: 7, before: 0 } },
      { quota: { refilled: 'x' } },
    ]) {
      expect(await said(change), JSON.stringify(change)).toMatch(damaged);
    }
    expect(world.count('SaveKernel')).toBe(before);
  });

  test('a state that was lost is an error: inputs would run twice', async () => {
    const world = await half([1, 2, 3]);
    world.values.clear();
    const error = await failure(map(world.process().client, [1, 2, 3], kernel, options));
    expect(error.message).toMatch(
      /^cannot run the sweep "grid": version \d of alice\/my-sweep is a part of it, but its state is missing; pass the state, or/,
    );
    const runs = world.runs().length;
    expect(await statuses(map(world.process().client, [1, 2, 3], kernel, { ...options, key: 'again' }))).toHaveLength(
      3,
    );
    expect(world.runs().length).toBe(runs + 3);
  });

  test('a state that is older than the versions of the kernel is an error', async () => {
    const world = await half([1, 2, 3]);
    const [name, old] = [...world.values][0]!;
    for await (const { index } of map(world.process().client, [1, 2, 3], kernel, { ...options, concurrency: 1 }))
      if (index === 1) break;
    const newer = world.values.get(name)!;
    const runs = world.runs().length;
    world.values.set(name, old);
    expect((await failure(map(world.process().client, [1, 2, 3], kernel, options))).message).toMatch(
      /^cannot run the sweep "grid": version \d of alice\/my-sweep is a part of it, but its state is older; call again later/,
    );
    expect(world.runs().length).toBe(runs);
    world.values.set(name, newer);
    await map(world.process().client, [1, 2, 3], kernel, options).all();
    expect(world.runs()).toEqual([1, 2, 3]);
  });

  test('its state is in the store that was passed', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const { client } = world.process();
    const state = memoryState();
    const keys: string[] = [];
    const set = (key: string, value: unknown) => {
      keys.push(key);
      return state.set(key, value);
    };
    await map(client, [1], kernel, { ...options, state: { ...state, set } }).all();
    expect(new Set(keys)).toEqual(new Set(['sweep:http://kaggle.test/api/v1:alice/my-sweep:grid']));
    expect(await statuses(map(client, [1], kernel, { ...options, state }))).toEqual(['COMPLETE']);
    expect([world.runs(), world.values.size]).toEqual([[1], 0]);
  });

  test('two processes at the same time: the second one is refused', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const { client } = world.process();
    const first = map(client, [1, 2], kernel, options).all();
    await world.clock.sleep(1);
    expect((await failure(map(client, [1, 2], kernel, options))).message).toMatch(
      /^cannot run the sweep "grid": another process is running it, or the state store cannot be locked; wait until it has ended/,
    );
    await first;
  });

  test('a sweep that has ended returns its results again, with the same job ids, and runs nothing', async () => {
    const world = createWorld((input) => ({ seconds: 60, ...(input === 2 && { failure: 'no memory' }) }));
    const run = () => map(world.process().client, [1, 2], kernel, options).all();
    const parts = (results: Awaited<ReturnType<typeof run>>) =>
      results.map(({ status, failureMessage, job }) => [status, failureMessage, job?.id]);
    const first = parts(await run());
    const requests = world.count('SaveKernel');
    expect(first).toEqual([
      ['COMPLETE', undefined, expect.stringMatching(/^kj1\.alice\.my-sweep\.1\./)],
      ['ERROR', 'no memory', expect.stringMatching(/^kj1\.alice\.my-sweep\.2\./)],
    ]);
    expect(parts(await run())).toEqual(first);
    expect(world.count('SaveKernel')).toBe(requests);
  });

  test('by default it is a hash of the inputs and the code', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const keys: unknown[] = [];
    const run = async (inputs: readonly unknown[], change: object = {}) => {
      const sweep = map(world.process().client, inputs, { ...kernel, ...change }, { schedule });
      await sweep.all();
      keys.push(sweep.key);
    };
    await run([1, 2]);
    await run([1, 2]);
    expect(world.runs()).toEqual([1, 2]);
    await run([1, 3]);
    await run([1, 2], { text: 'print(2)' });
    expect(world.runs()).toEqual([1, 2, 1, 3, 1, 2]);
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toMatch(/^[0-9a-f]{16}$/);
  });
});
