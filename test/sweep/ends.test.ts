import { describe, expect, test } from 'vitest';
import { isKaggleError } from '../../src/core/errors.ts';
import type { Clock } from '../../src/core/platform.ts';
import { map } from '../../src/services/kernels/map/map.ts';
import type { MapEvent, MapOptions } from '../../src/services/kernels/map/types.ts';
import { remove } from '../../src/services/kernels/remove.ts';
import { gpuKernel, kernel } from './kernels.ts';
import { failure, range, statuses } from './results.ts';
import { createWorld } from './world.ts';

const options: MapOptions = { key: 'grid', schedule: { first: 30, longest: 60 } };
const minute = 60;

describe('inputs that fail', () => {
  test('are results; retryFailed runs them again, and only them', async () => {
    let broken = true;
    const world = createWorld((input) => ({ seconds: 60, ...(broken && input === 1 && { failure: 'no memory' }) }));
    const results = await map(world.process().client, range(3), kernel, options).all();
    expect(results.map(({ status, failureMessage }) => [status, failureMessage])).toEqual([
      ['COMPLETE', undefined],
      ['ERROR', 'no memory'],
      ['COMPLETE', undefined],
    ]);
    broken = false;
    expect(await statuses(map(world.process().client, range(3), kernel, options))).toEqual([
      'COMPLETE',
      'ERROR',
      'COMPLETE',
    ]);
    const again = await map(world.process().client, range(3), kernel, { ...options, retryFailed: true }).all();
    expect(again.map(({ status, job }) => [status, job?.versionNumber])).toEqual([
      ['COMPLETE', 1],
      ['COMPLETE', 4],
      ['COMPLETE', 3],
    ]);
    expect(world.runs()).toEqual([0, 1, 2, 1]);
  });

  test('a push that is refused is a result, if others are accepted; three in a row end the sweep', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const missing = (input: number) => ({ datasetDataSources: [`alice/missing-${input}`] });
    const some = await map(
      world.process().client,
      range(4),
      (input) => ({ ...kernel, params: input, ...(input === 1 && missing(input)) }),
      options,
    ).all();
    expect(some.map(({ status, job }) => [status, job !== undefined])).toEqual([
      ['COMPLETE', true],
      ['NOT_PUSHED', false],
      ['COMPLETE', true],
      ['COMPLETE', true],
    ]);
    expect(some[1]!.failureMessage).toMatch(/left out invalid sources \(dataset alice\/missing-1\)/);

    const all = (client: Parameters<typeof map>[0], broken: boolean) =>
      map(client, range(5), (input) => ({ ...kernel, params: input, ...(broken && input > 0 && missing(input)) }), {
        ...options,
        key: 'all',
      });
    const before = world.runs().length;
    const error = await failure(all(world.process().client, true));
    expect(isKaggleError(error)).toBe(true);
    expect(error.message).toMatch(
      /^the sweep "all" stopped, as Kaggle refused the last 3 pushes: Kaggle saved version 8 .*; correct the cause, and call again with the same key$/,
    );
    expect(error.cause).toMatchObject({ name: 'PartialPushError', kernel: { versionNumber: 8 } });
    expect(world.runs().length).toBe(before + 4);
    // What was refused runs now, though versions of it exist.
    expect(await statuses(all(world.process().client, false))).toEqual(range(5).map(() => 'COMPLETE'));
    expect(world.runs().slice(before + 4)).toEqual([1, 2, 3, 4]);
  });

  test('a kernel that was deleted ends the sweep', async () => {
    const world = createWorld(() => ({ seconds: 600 }));
    const { client } = world.process();
    const onEvent = (event: MapEvent) =>
      void (event.type === 'status' && event.index === 1 && remove(client, 'alice/my-sweep'));
    const error = await failure(map(client, range(3), gpuKernel, { ...options, onEvent }));
    expect(error.message).toMatch(
      /^cannot get the status of version \d of alice\/my-sweep: the kernel was deleted, or .*; pass another key to run all inputs/,
    );
  });

  test('a version without a run ends as NOT_STARTED, and the sweep continues', async () => {
    const world = createWorld(() => ({ seconds: 60 }), { lag: 3_600_000 });
    const results = await map(world.process().client, [1, 2], kernel, { ...options, concurrency: 1 }).all();
    expect(results.map(({ status, failureMessage }) => [status, failureMessage])).toEqual(
      [1, 2].map(() => ['NOT_STARTED', 'Kaggle made no run of it within 900 s']),
    );
  });
});

describe('a server in trouble', () => {
  test('pushes whose responses are lost, or that are refused for a while, are made once', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const match = { method: 'SaveKernel' };
    world.emulator.faults.add({ kind: 'lostAnswer', match });
    world.emulator.faults.add({ kind: 'status', status: 503, match, times: 2 });
    world.emulator.faults.add({ kind: 'rateLimit', seconds: 30, match });
    world.emulator.faults.add({ kind: 'html', match });
    const waits = new Set<string>();
    const onEvent = (event: MapEvent) => void (event.type === 'waiting' && waits.add(event.for));
    expect(await statuses(map(world.process().client, range(4), kernel, { ...options, onEvent }))).toEqual(
      range(4).map(() => 'COMPLETE'),
    );
    expect(world.runs().toSorted()).toEqual(range(4));
    expect([...waits]).toContain('retry');
    expect(world.emulator.faults.met).toBe(5);
  });

  test('it gives up after half an hour without a push, and continues with the same key', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    world.emulator.faults.add({ kind: 'status', status: 503, match: { method: 'SaveKernel' }, times: 10 });
    const error = await failure(map(world.process().client, range(2), kernel, options));
    expect(error.message).toMatch(
      /^the sweep "grid" stopped after 10 failed pushes in a row: .*503.*; call again later with the same key$/,
    );
    expect(world.seconds()).toBeGreaterThan(15 * minute);
    expect(world.seconds()).toBeLessThan(60 * minute);
    expect(await statuses(map(world.process().client, range(2), kernel, options))).toEqual(['COMPLETE', 'COMPLETE']);
    expect(world.runs()).toEqual(range(2));
  });

  test('a computer that slept between two failed looks goes on', async () => {
    const world = createWorld(() => ({ seconds: 600 }));
    const match = { method: 'GetKernelSessionStatus' };
    world.emulator.faults.add({ kind: 'refuse', match, times: 10, after: 2 });
    let slept = false;
    const { client } = world.process();
    const now = () => world.clock.now() + (slept ? 10 * 3_600_000 : 0);
    const sleep: Clock['sleep'] = async (ms, signal) => {
      slept ||= world.emulator.faults.met > 4;
      await client.clock.sleep(ms, signal);
    };
    const sleepy = { ...client, clock: { ...client.clock, now, sleep } };
    expect(await statuses(map(sleepy, [1], kernel, options))).toEqual(['COMPLETE']);
  });

  test('while the status call is down, a run that has output has ended', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const match = { method: 'GetKernelSessionStatus' };
    world.emulator.faults.add({ kind: 'status', status: 500, match, times: Number.POSITIVE_INFINITY });
    expect(await statuses(map(world.process().client, range(2), kernel, options))).toEqual(['ENDED', 'ENDED']);
  });
});

describe('outputs', () => {
  test('go to one folder per input, also after a kill during a download; later calls list what is there', async () => {
    const world = createWorld((input) => ({ seconds: 60, ...(input === 2 && { failure: 'no memory' }) }));
    const { files } = world;
    const call = (at: number) => {
      const one = world.process({ at, after: false });
      return map(one.client, range(3), kernel, { ...options, output: './out' }).all();
    };
    const names = ['my-sweep.log', 'params.txt'];
    let results: Awaited<ReturnType<typeof call>> | undefined;
    for (let at = 12; !results; at += 3) results = await call(at).catch(() => undefined);
    expect(world.runs()).toEqual(range(3));
    const found = [...files].map(([name, data]) => [name, new TextDecoder().decode(data)] as const);
    const contents = new Map(found.filter(([name]) => name.endsWith('params.txt')));
    expect(contents).toEqual(
      new Map([
        ['out/0/params.txt', '0'],
        ['out/1/params.txt', '1'],
      ]),
    );
    expect(results.map((result) => result.files!.map(({ name }) => name).toSorted())).toEqual([
      names,
      names,
      ['my-sweep.log'],
    ]);

    const again = await call(Number.POSITIVE_INFINITY);
    expect(again[1]!.files).toEqual([
      { name: 'my-sweep.log', path: 'out/1/my-sweep.log', size: expect.any(Number), verified: 'none', skipped: true },
      { name: 'params.txt', path: 'out/1/params.txt', size: 1, verified: 'none', skipped: true },
    ]);
    const requests = world.count('ListKernelSessionOutput');
    for (const name of [...files.keys()]) if (name.startsWith('out/1/')) files.delete(name);
    const third = await call(Number.POSITIVE_INFINITY);
    expect(third[1]!.files!.map(({ name }) => name).toSorted()).toEqual(names);
    expect(world.count('ListKernelSessionOutput')).toBeGreaterThan(requests);
  });

  test('a FolderSink gets paths that begin with the index', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const { client, platform } = world.process();
    const paths: string[] = [];
    const sink = (path: string) => {
      paths.push(path);
      return platform.fs!.sink(`/${path}`);
    };
    const [result] = await map(client, [7], kernel, { ...options, output: { sink } }).all();
    expect(paths.toSorted()).toEqual(['0/my-sweep.log', '0/params.txt']);
    expect(result!.files!.map(({ name }) => name).toSorted()).toEqual(['my-sweep.log', 'params.txt']);
    const [again] = await map(client, [7], kernel, { ...options, output: { sink } }).all();
    expect(again!.files).toBeUndefined();
    expect(paths.length).toBe(2);
  });
});

describe('stopping', () => {
  test('an abort rejects with its reason; what runs goes on, and so does the sweep later', async () => {
    const world = createWorld(() => ({ seconds: 600 }));
    const stop = new AbortController();
    const reason = new Error('enough');
    const onEvent = (event: MapEvent) => void (event.type === 'status' && event.index === 1 && stop.abort(reason));
    const error = await failure(
      map(world.process().client, range(4), gpuKernel, { ...options, onEvent, signal: stop.signal }),
    );
    expect(error).toBe(reason);
    expect(world.count('CancelKernelSession')).toBe(0);
    expect(await statuses(map(world.process().client, range(4), gpuKernel, options))).toEqual(
      range(4).map(() => 'COMPLETE'),
    );
    expect(world.runs()).toEqual(range(4));
  });

  test('cancelOnAbort cancels what runs; it counts as failed', async () => {
    const world = createWorld(() => ({ seconds: 600 }));
    const stop = new AbortController();
    const onEvent = (event: MapEvent) =>
      void (event.type === 'status' && event.index === 1 && event.status === 'RUNNING' && stop.abort());
    const given = { ...options, onEvent, signal: stop.signal, cancelOnAbort: true };
    const error = await failure(map(world.process().client, range(4), gpuKernel, given));
    expect(error).toBe(stop.signal.reason);
    expect(world.count('CancelKernelSession')).toBe(2);
    expect(await statuses(map(world.process().client, range(4), gpuKernel, options))).toEqual([
      'CANCEL_ACKNOWLEDGED',
      'CANCEL_ACKNOWLEDGED',
      'COMPLETE',
      'COMPLETE',
    ]);
    expect(await statuses(map(world.process().client, range(4), gpuKernel, { ...options, retryFailed: true }))).toEqual(
      range(4).map(() => 'COMPLETE'),
    );
  });

  test('leaving the loop stops the sweep, and a slow loop does not', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const seen: number[] = [];
    for await (const { index } of map(world.process().client, range(6), gpuKernel, options)) {
      seen.push(index);
      if (seen.length === 2) break;
    }
    const pushed = world.runs().length;
    await world.clock.sleep(600_000);
    expect(world.runs().length).toBe(pushed);
    for await (const { index } of map(world.process().client, range(6), gpuKernel, options)) {
      seen.push(index);
      await world.clock.sleep(3_600_000);
    }
    expect(new Set(seen).size).toBe(6);
    // Two at a time, not one per turn of the loop.
    expect(world.seconds()).toBeLessThan(600 + 60 + 6 * 3600 + 600);
    expect(world.runs()).toEqual(range(6));
  });
});

test('events tell what happens, with counts', async () => {
  const world = createWorld((input) => ({ seconds: 60, ...(input === 1 && { failure: 'bad' }) }));
  const events: string[] = [];
  const onEvent = (event: MapEvent) => {
    const { todo, running, succeeded, failed } = event.counts;
    const what =
      event.type === 'waiting'
        ? event.for
        : `${event.index} ${'status' in event ? event.status : event.job.versionNumber}`;
    events.push(`${event.type} ${what}: ${todo} ${running} ${succeeded} ${failed}`);
  };
  await map(world.process().client, range(2), kernel, { ...options, concurrency: 1, onEvent }).all();
  expect(events).toEqual([
    'started 0 1: 1 1 0 0',
    'status 0 RUNNING: 1 1 0 0',
    'status 0 COMPLETE: 1 0 1 0',
    'ended 0 COMPLETE: 1 0 1 0',
    'started 1 2: 0 1 1 0',
    'status 1 RUNNING: 0 1 1 0',
    'status 1 ERROR: 0 0 1 1',
    'ended 1 ERROR: 0 0 1 1',
  ]);
});
