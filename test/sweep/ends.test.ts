import { describe, expect, test } from 'vitest';
import { isKaggleError } from '../../src/core/errors.ts';
import { map } from '../../src/services/kernels/map/map.ts';
import type { SweepState } from '../../src/services/kernels/map/state.ts';
import { sweepStep } from '../../src/services/kernels/map/sweep-step.ts';
import type { MapEvent, MapOptions, Sweep } from '../../src/services/kernels/map/types.ts';
import { remove } from '../../src/services/kernels/remove.ts';
import { gpuKernel, kernel } from './kernels.ts';
import { createWorld } from './world.ts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const options: MapOptions = { key: 'grid', schedule: { first: 30, longest: 60 } };
const minute = 60;

const failure = (sweep: Sweep<unknown>): Promise<Error> =>
  sweep.all().then(
    () => Promise.reject(new Error('the sweep has succeeded')),
    (error) => error,
  );
const statuses = async (sweep: Sweep<unknown>) => (await sweep.all()).map(({ status }) => status);

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
    expect(error.message).toMatch(/of alice\/my-sweep was deleted|Permission 'kernels.get' was denied/);
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

test('the state of 1,000 inputs is small, and continues', async () => {
  const world = createWorld(() => ({ seconds: 1 }));
  const inputs = range(1000).map((id) => ({ id, text: 'x'.repeat(200) }));
  const { client } = world.process();
  const first = await sweepStep(client, inputs, kernel, { key: 'large' });
  expect(JSON.stringify(first.state).length).toBeLessThan(2600);
  // As it is when all have run, as version 1 to 1000, one a minute.
  const entries = range(1000).map((index) => (index < 995 ? [1, index + 1, index * 60] : [-2, index + 1, index * 60]));
  const state: SweepState = {
    ...first.state,
    starting: undefined!,
    ref: 'alice/my-sweep',
    lookAt: world.clock.now() + 30_000,
    texts: ['COMPLETE', 'RUNNING'],
    entries,
  };
  expect(JSON.stringify(state).length).toBeLessThan(16_000);
  const step = await sweepStep(client, inputs, kernel, { state: JSON.parse(JSON.stringify(state)) });
  expect(step.counts).toEqual({ total: 1000, todo: 0, running: 5, succeeded: 995, failed: 0 });
});

describe('requests', () => {
  test('a function makes the request of an input; all are for one kernel', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const { client } = world.process();
    const inputs = ['a', 'b'];
    await map(client, inputs, (input, index) => ({ ...kernel, params: { input, index } }), options).all();
    expect(world.runs()).toEqual([
      { input: 'a', index: 0 },
      { input: 'b', index: 1 },
    ]);
  });

  test('a large folder is uploaded once, whatever becomes of the pushes; again if its dataset was deleted', async () => {
    const world = createWorld(() => ({ seconds: 60 }), { processing: 0 });
    const { client } = world.process();
    const { slug, newTitle, machineShape } = gpuKernel;
    const files = { 'main.py': 'import helper', 'helper.py': 'print(1)' };
    const request = { slug, newTitle, machineShape, files, entry: 'main.py', embedLimit: 0 };
    expect(await statuses(map(client, range(5), request, options))).toEqual(range(5).map(() => 'COMPLETE'));
    expect(world.count('SaveKernel')).toBeGreaterThan(5);
    expect([world.count('StartBlobUpload'), world.count('CreateDataset')]).toEqual([2, 1]);
    world.emulator.state.datasets.clear();
    expect((await failure(map(client, [9], request, { ...options, key: 'next' }))).message).toMatch(
      /Kaggle left out invalid sources|left out invalid sources \(dataset alice\/my-sweep-code\/1\)/,
    );
    expect(await statuses(map(client, [9], request, { ...options, key: 'next' }))).toEqual(['COMPLETE']);
  });

  test('inputs of an iterator, and a sweep that is iterated twice; each warning is passed on once', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    const request = { ...gpuKernel, machineShape: 'NvidiaTeslaP100' };
    const sweep = map(world.process().client, range(4).values(), request, { ...options, onWarning });
    expect(await statuses(sweep)).toEqual(range(4).map(() => 'COMPLETE'));
    expect(await statuses(sweep)).toEqual(range(4).map(() => 'COMPLETE'));
    expect(world.runs()).toEqual(range(4));
    expect(warnings.length).toBe(new Set(warnings).size);
    expect(warnings[0]).toMatch(/NvidiaTeslaP100/);
  });

  test('a step refuses the state of another kernel or key', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const { client } = world.process();
    const { state } = await sweepStep(client, [1], kernel, { key: 'grid' });
    const other = { ...kernel, slug: 'alice/another-one', newTitle: 'Another one' };
    await expect(sweepStep(client, [1], other, { state })).rejects.toThrow(
      'cannot resume the sweep "grid": its kernel is alice/my-sweep, got "alice/another-one"; pass what it began with',
    );
    await expect(sweepStep(client, [1], kernel, { state, key: 'other' })).rejects.toThrow('got the key "other"');
    await expect(sweepStep(client, [2], kernel, { state })).rejects.toThrow('its inputs have changed');
    const bare = await sweepStep(client, [1], { ...kernel, slug: 'my-sweep' }, { state, key: 'grid' });
    expect(bare.counts).toMatchObject({ running: 1 });
  });

  test('every input is checked before anything is sent', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    const { client } = world.process();
    const said = async (inputs: readonly unknown[], request: Parameters<typeof map>[2]) =>
      (await failure(map(client, inputs, request, options))).message;
    expect(await said([1, 2n], kernel)).toMatch(/^input 1: kernels.push: params: expected JSON: /);
    expect(await said([1, 'x'.repeat(100_001)], kernel)).toMatch(/^input 1: .*params: expected at most 100000 bytes/);
    expect(await said([1], { ...kernel, params: 1 })).toBe(
      'kernels.map: params is taken by the inputs; pass a function that returns the request of an input',
    );
    expect(
      await said([1, 2], (index) => ({ ...kernel, slug: `alice/sweep-${index}`, newTitle: `Sweep ${index}` })),
    ).toBe(
      'kernels.map: slug: expected one kernel for all inputs, got "alice/sweep-1" and "alice/sweep-2"; use one sweep per kernel',
    );
    expect(
      await said([1, 2], (index) => ({ ...kernel, newTitle: index === 2 ? 'Other' : 'My sweep' }) as never),
    ).toMatch(/^input 1: kernels.map: newTitle: expected a title that resolves to the slug "my-sweep", got "Other"/);
    expect(await said([1], { id: 5, text: 'print(1)' })).toMatch(
      /slug is missing; a sweep needs the slug of its kernel$/,
    );
    expect(await said([1], { ...kernel, kernelExecutionType: 'QUICK_SAVE' })).toMatch(
      /QUICK_SAVE saves a version without/,
    );
    expect(world.emulator.state.requests.length).toBe(0);
  });

  test('no inputs: no results, no push', async () => {
    const world = createWorld(() => ({ seconds: 60 }));
    expect(await map(world.process().client, [], kernel, options).all()).toEqual([]);
    expect(await map(world.process().client, [], () => kernel, options).all()).toEqual([]);
    expect(world.count('SaveKernel')).toBe(0);
  });
});
