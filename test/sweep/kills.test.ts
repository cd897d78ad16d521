import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { map } from '../../src/services/kernels/map/map.ts';
import type { SweepState } from '../../src/services/kernels/map/state.ts';
import { sweepStep } from '../../src/services/kernels/map/sweep-step.ts';
import type { MapOptions, MapResult } from '../../src/services/kernels/map/types.ts';
import { gpuKernel } from './kernels.ts';
import { range } from './results.ts';
import { createWorld, type Kill, type World } from './world.ts';

const key = 'grid';
const schedule = { first: 45, longest: 60 };

/** Runs a sweep in one process after the other, until one is not killed. */
async function survive(
  world: World,
  inputs: readonly unknown[],
  kills: readonly Kill[],
  options: MapOptions = {},
): Promise<MapResult<unknown>[]> {
  for (const kill of kills) {
    const { client, wasKilled } = world.process(kill);
    try {
      return await map(client, inputs, gpuKernel, { key, schedule, ...options }).all();
    } catch (error) {
      if (!wasKilled()) throw error;
    }
    await world.clock.sleep(5000);
  }
  return map(world.process().client, inputs, gpuKernel, { key, schedule, ...options }).all();
}

function expectOnce(world: World, inputs: readonly unknown[], results: readonly MapResult<unknown>[]): void {
  const text = (value: unknown) => JSON.stringify(value);
  expect(world.runs().map(text).toSorted()).toEqual(inputs.map(text).toSorted());
  expect(results.map(({ index, input, status }) => [index, input, status])).toEqual(
    inputs.map((input, index) => [index, input, 'COMPLETE']),
  );
  // Each result is of the version that was pushed with its input.
  for (const { input, job } of results) expect(world.runs()[job!.versionNumber - 1]).toEqual(input);
}

describe('a process that is killed', () => {
  test('at any of its effects: every input runs exactly once', async () => {
    const inputs = range(2);
    const whole = createWorld(() => ({ seconds: 60 }));
    const first = whole.process();
    await map(first.client, inputs, gpuKernel, { key, schedule }).all();
    expect(first.effects()).toBeGreaterThan(12);
    // Before an effect is as after the one before it.
    for (let at = 1; at <= first.effects() + 1; at++) {
      const world = createWorld(() => ({ seconds: 60 }));
      expectOnce(world, inputs, await survive(world, inputs, [{ at, after: false }]));
    }
  });

  test('many times, at random, by a server in trouble: every input runs exactly once', async () => {
    const kill = fc.record({ at: fc.integer({ min: 1, max: 60 }), after: fc.boolean() });
    const fault = fc.record({
      kind: fc.constantFrom(
        'lostAnswer' as const,
        'refuse' as const,
        'rateLimit' as const,
        'html' as const,
        'empty' as const,
      ),
      match: fc.record({ method: fc.constantFrom('SaveKernel', 'GetKernel', 'GetKernelSessionStatus') }),
      after: fc.integer({ min: 0, max: 5 }),
    });
    const values = fc.record({
      kills: fc.array(kill, { minLength: 1, maxLength: 12, size: 'max' }),
      seconds: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 }),
      lag: fc.constantFrom(0, 3000),
      faults: fc.array(fault, { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(values, async ({ kills, seconds, lag, faults }) => {
        const world = createWorld((input) => ({ seconds: seconds[Number(input)]! }), { lag, faults });
        const inputs = range(seconds.length);
        expectOnce(world, inputs, await survive(world, inputs, kills));
        expect(world.busiest()).toBeLessThanOrEqual(2);
      }),
      { numRuns: 20 },
    );
  });
});

describe('steps that are killed', () => {
  /** Repeats a step with the same state until it is not killed. */
  async function drive(world: World, inputs: readonly unknown[], kills: Kill[], saves: boolean) {
    const results: MapResult<unknown>[] = [];
    let state: SweepState | undefined;
    for (let steps = 0; steps < 1000; steps++) {
      const { client, wasKilled } = world.process(kills.shift());
      const save = async (value: SweepState) => {
        state = value;
      };
      try {
        const step = await sweepStep(client, inputs, gpuKernel, { key, schedule, state, ...(saves && { save }) });
        state = JSON.parse(JSON.stringify(step.state));
        results.push(...step.results);
        if (step.done) return results.toSorted((a, b) => a.index - b.index);
        await world.clock.sleep(step.pause * 1000);
      } catch (error) {
        if (!wasKilled()) throw error;
        await world.clock.sleep(1000);
      }
    }
    throw new Error('the sweep does not end');
  }

  test.each([true, false])('every input runs exactly once; with save: %s', async (saves) => {
    const kill = fc.option(fc.record({ at: fc.integer({ min: 1, max: 8 }), after: fc.boolean() }), { nil: undefined });
    const values = fc.array(kill, { minLength: 1, maxLength: 20, size: 'max' });
    await fc.assert(
      fc.asyncProperty(values, async (kills) => {
        const world = createWorld(() => ({ seconds: 90 }));
        const given = kills.map((one) => one ?? { at: Number.POSITIVE_INFINITY, after: false });
        expectOnce(world, range(4), await drive(world, range(4), given, saves));
      }),
      { numRuns: 8 },
    );
  });
});
