import { describe, expect, test } from 'vitest';
import { map } from '../../src/services/kernels/map/map.ts';
import type { SweepState } from '../../src/services/kernels/map/state.ts';
import { sweepStep } from '../../src/services/kernels/map/sweep-step.ts';
import type { MapOptions } from '../../src/services/kernels/map/types.ts';
import { gpuKernel, kernel } from './kernels.ts';
import { failure, range, statuses } from './results.ts';
import { createWorld } from './world.ts';

const options: MapOptions = { key: 'grid', schedule: { first: 30, longest: 60 } };

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

test.each([true, false])('a step sends few requests; with save: %s', async (saves) => {
  const world = createWorld(() => ({ seconds: 60 }));
  const { client } = world.process();
  const sent = () => world.emulator.state.requests.length;
  let most = 0;
  for (let state: SweepState | undefined, done = false; !done; ) {
    const before = sent();
    const step = await sweepStep(client, range(3), gpuKernel, { state, ...(saves && { save: async () => {} }) });
    most = Math.max(most, sent() - before);
    ({ state, done } = step);
    await world.clock.sleep(step.pause * 1000);
  }
  expect(most).toBeLessThanOrEqual(saves ? 5 : 30);
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
