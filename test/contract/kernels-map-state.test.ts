import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advance, type SweepEvent } from '../../src/services/kernels/map/advance.ts';
import { decide } from '../../src/services/kernels/map/decide.ts';
import { beginSweep, type SweepProgress, untouched } from '../../src/services/kernels/map/progress.ts';
import { packSweep, type SweepState, unpackSweep } from '../../src/services/kernels/map/state.ts';

const began = Date.UTC(2026, 10, 27);
const identity = { key: 'grid', kernel: 'alice/my-sweep', inputs: '0123456789abcdef', began };

/** The state as a store returns it. */
const stored = (sweep: SweepProgress): SweepState => JSON.parse(JSON.stringify(packSweep(identity, sweep)));

/** What may happen next, as the numbers choose. */
function eventFor(sweep: SweepProgress, choice: number, now: number): SweepEvent {
  const action = decide(sweep, { concurrency: 'auto' }, now);
  if (action.type === 'look') {
    const status = ['RUNNING', 'COMPLETE', 'ERROR', undefined][choice % 4];
    const ended = status === 'COMPLETE' || status === 'ERROR';
    const message = status === 'ERROR' ? { failureMessage: `reason ${choice}` } : {};
    const looks = action.indices.map((index) => ({ index, ...(status && { status }), ...message, ended }));
    return { type: 'looked', looks, pause: 1000 * choice };
  }
  if (action.type === 'fail') return { type: 'gaveUp' };
  const saved = sweep.entries.findIndex(({ phase }) => phase === 'ended');
  if (action.type !== 'start') {
    return saved < 0 ? { type: 'opened', retryFailed: choice % 2 === 0 } : { type: 'saved', index: saved };
  }
  if (!sweep.starting) return { type: 'planned', index: action.index };
  const version = sweep.before + 1 + (choice % 3);
  const events: SweepEvent[] = [
    { type: 'started', ref: 'alice/my-sweep', version, kernelId: 7, pushed: Math.floor(now / 1000) * 1000 },
    { type: 'noSlot', limit: choice % 2 ? 2 : undefined },
    { type: 'noQuota', accelerator: 'GPU', limit: undefined, refilled: now + choice },
    { type: 'lost', retryAfterMs: choice, sent: choice % 2 === 0 },
    { type: 'refused', message: `no ${choice}` },
  ];
  return events[choice % 5]!;
}

test('any progress can be stored and read again, and keeps its invariants', () => {
  const steps = fc.array(fc.tuple(fc.nat(1000), fc.nat(100_000)), { maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), steps, (total, choices) => {
      let sweep = beginSweep(total, 3);
      let now = began;
      for (const [choice, ms] of choices) {
        // Failed looks are stored to the second.
        now += Math.floor(ms / 1000) * 1000;
        sweep = advance(sweep, eventFor(sweep, choice, now), now);
        const { starting } = sweep;
        // A process that reads it does not know whether a push was made.
        expect(unpackSweep(stored(sweep))).toEqual({ ...sweep, starting: starting && { ...starting, unclear: true } });
        const versions = sweep.entries.map(({ version }) => version).filter((version) => version > 0);
        expect(new Set(versions).size).toBe(versions.length);
        expect(Math.max(3, ...versions)).toBeLessThanOrEqual(sweep.before);
        if (starting) expect(sweep.entries[starting.index]!.phase).toBe('todo');
      }
    }),
    { numRuns: 200 },
  );
});

test('1,000 inputs take about 13 KB, and long messages do not change much', () => {
  const entries = Array.from({ length: 1000 }, (_, index) => ({
    ...untouched,
    phase: 'ended' as const,
    version: index + 1,
    pushed: began + index * 60_000,
    status: 'COMPLETE',
  }));
  const size = (sweep: SweepProgress) => JSON.stringify(stored(sweep)).length;
  const sweep = { ...beginSweep(0, 1000), entries, ref: 'alice/my-sweep', kernelId: 7 };
  expect(size(beginSweep(1000, 0))).toBeLessThan(2500);
  expect(size(sweep)).toBeGreaterThan(10_000);
  expect(size(sweep)).toBeLessThan(15_000);
  const failed = entries.map((entry, index) => ({ ...entry, failureMessage: `${index}: ${'x'.repeat(5000)}` }));
  expect(size({ ...sweep, entries: failed })).toBeLessThan(35_000);
  const found = unpackSweep(stored({ ...sweep, entries: failed })).entries;
  expect(found[5]!.failureMessage).toBe(`5: ${'x'.repeat(297)}`);
  expect(found[999]!.failureMessage).toBeUndefined();
});
