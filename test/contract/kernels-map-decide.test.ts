import { describe, expect, test } from 'vitest';
import { advance, type Look, type SweepEvent } from '../../src/services/kernels/map/advance.ts';
import { decide, type Settings } from '../../src/services/kernels/map/decide.ts';
import { beginSweep, notPushed, type SweepProgress } from '../../src/services/kernels/map/progress.ts';

const auto: Settings = { concurrency: 'auto' };
const minute = 60_000;
const started = (version: number): SweepEvent => ({
  type: 'started',
  ref: 'alice/a',
  version,
  kernelId: 7,
  pushed: 1000,
});
const noSlot = (limit?: number): SweepEvent => ({ type: 'noSlot', limit });
const refused: SweepEvent = { type: 'refused', message: 'bad' };
const lost: SweepEvent = { type: 'lost', retryAfterMs: 0, sent: true };
const noQuota = (refilled: number): SweepEvent => ({ type: 'noQuota', accelerator: 'GPU', limit: 108_000, refilled });
const looked = (...looks: Look[]): SweepEvent => ({ type: 'looked', looks, pause: 10_000 });
const ended = (index: number, status = 'COMPLETE'): Look => ({ index, status, ended: true });

/** A sweep after events at `now`; a number is a push of that input. */
function fold(sweep: SweepProgress, now: number, ...events: (SweepEvent | number)[]): SweepProgress {
  return events.reduce<SweepProgress>(
    (state, event) => advance(state, typeof event === 'number' ? { type: 'planned', index: event } : event, now),
    sweep,
  );
}

/** A sweep of `total` inputs, of which the first `running` run, as versions 1, 2, ... */
function sweepOf(total: number, running: number): SweepProgress {
  let sweep = beginSweep(total, 0);
  for (let index = 0; index < running; index++) sweep = fold(sweep, 0, index, started(index + 1));
  return sweep;
}

const phases = ({ entries }: SweepProgress) => entries.map(({ phase }) => phase);

describe('what a sweep does next', () => {
  test.each<[what: string, sweep: SweepProgress, now: number, settings: Settings, action: object]>([
    ['no inputs', beginSweep(0, 0), 0, auto, { type: 'done' }],
    ['the first input', beginSweep(2, 0), 0, auto, { type: 'start', index: 0, unclear: false }],
    ['one more than runs', sweepOf(3, 1), 0, auto, { type: 'start', index: 1, unclear: false }],
    ['as many as asked for', sweepOf(3, 2), 0, { concurrency: 2 }, { type: 'pause', ms: 1000, why: 'runs' }],
    ['a look that is due', sweepOf(3, 2), 1000, { concurrency: 2 }, { type: 'look', indices: [0, 1] }],
    ['a look before a start', sweepOf(3, 2), 1000, auto, { type: 'look', indices: [0, 1] }],
    ['at most 20 by itself', sweepOf(30, 20), 0, auto, { type: 'pause', why: 'runs' }],
    ['more if asked for', sweepOf(30, 20), 0, { concurrency: 25 }, { type: 'start', index: 20 }],
    ['all run', sweepOf(2, 2), 0, auto, { type: 'pause', why: 'runs' }],
    ['all ended', fold(sweepOf(2, 2), 0, looked(ended(0), ended(1, 'ERROR'))), 0, auto, { type: 'done' }],
    [
      'a push that may have been made',
      fold(beginSweep(2, 0), 0, 0, lost),
      5000,
      auto,
      { type: 'start', index: 0, unclear: true },
    ],
    [
      'a pause after a failed push',
      fold(beginSweep(2, 0), 0, 0, lost),
      4000,
      auto,
      { type: 'pause', ms: 1000, why: 'retry' },
    ],
    ['no slot, two run', fold(sweepOf(9, 2), 0, 2, noSlot(2)), 0, auto, { type: 'pause', ms: 1000, why: 'runs' }],
    [
      'no slot, none runs',
      fold(beginSweep(9, 0), 0, 0, noSlot(2)),
      0,
      auto,
      { type: 'pause', ms: 15_000, why: 'slot' },
    ],
    [
      'no slot, none runs, later',
      fold(beginSweep(9, 0), 0, 0, noSlot(2)),
      15_000,
      auto,
      { type: 'start', index: 0, unclear: false },
    ],
    ['a run ended', fold(sweepOf(9, 2), 0, 2, noSlot(2), looked(ended(0))), 0, auto, { type: 'start', index: 2 }],
    [
      'the other slot is used elsewhere',
      fold(sweepOf(9, 1), 0, 1, noSlot(2), looked()),
      9999,
      auto,
      { type: 'pause', why: 'slot' },
    ],
    ['it may be free by now', fold(sweepOf(9, 1), 0, 1, noSlot(2), looked()), 61_000, auto, { type: 'look' }],
    [
      'no quota',
      fold(beginSweep(2, 0), 0, 0, noQuota(90 * minute)),
      0,
      auto,
      { type: 'pause', ms: 90 * minute, why: 'quota' },
    ],
    [
      'no quota, a run goes on',
      fold(sweepOf(2, 1), 0, 1, noQuota(90 * minute)),
      0,
      auto,
      { type: 'pause', ms: 1000, why: 'quota' },
    ],
    [
      'a run ended and returned quota',
      fold(sweepOf(3, 1), 0, 1, noQuota(90 * minute), looked(ended(0))),
      0,
      auto,
      { type: 'start', index: 1 },
    ],
    [
      'the quota is refilled',
      fold(beginSweep(2, 0), 0, 0, noQuota(90 * minute)),
      90 * minute,
      auto,
      { type: 'start', index: 0, unclear: false },
    ],
    [
      'nobody knows when it is refilled',
      fold(beginSweep(2, 0), 0, 0, noQuota(0)),
      0,
      auto,
      { type: 'pause', ms: 15 * minute, why: 'quota' },
    ],
    [
      'it should be refilled already',
      fold(beginSweep(2, 0), 5, 0, noQuota(4)),
      5,
      auto,
      { type: 'pause', ms: minute, why: 'quota' },
    ],
    [
      'it is never refilled',
      fold(beginSweep(2, 0), 0, 0, noQuota(1e15)),
      0,
      auto,
      { type: 'pause', ms: 7 * 24 * 60 * minute, why: 'quota' },
    ],
    ['the only input is refused', fold(beginSweep(1, 0), 0, 0, refused), 0, auto, { type: 'fail', why: 'refused' }],
    ['one is refused', fold(beginSweep(9, 0), 0, 0, refused), 0, auto, { type: 'start', index: 1 }],
    [
      'three in a row are refused',
      fold(beginSweep(9, 0), 0, 0, refused, 1, refused, 2, refused),
      0,
      auto,
      { type: 'fail', why: 'refused' },
    ],
    [
      'three in a row, but one runs',
      fold(sweepOf(9, 1), 0, 1, refused, 2, refused, 3, refused),
      0,
      auto,
      { type: 'pause', why: 'runs' },
    ],
    [
      'not in a row',
      fold(beginSweep(9, 0), 0, 0, refused, 1, refused, 2, started(1), 3, refused),
      0,
      auto,
      { type: 'start', index: 4 },
    ],
    ['the clock was set back', fold(sweepOf(9, 1), 1e12, 1, noSlot(2), looked()), 0, auto, { type: 'look' }],
  ])('%s', (_what, sweep, now, settings, action) => {
    expect(decide(sweep, settings, now)).toMatchObject(action);
  });

  test('ten failed pushes in a row end it, half an hour later, once nothing runs', () => {
    let now = 0;
    let sweep = fold(sweepOf(3, 1), now, 1);
    for (let count = 0; count < 10; count++) {
      sweep = fold(sweep, now, lost, looked());
      if (count === 9) break;
      now = sweep.retryAt;
      expect(decide(fold(sweep, now, looked()), auto, now)).toMatchObject({ type: 'start', index: 1, unclear: true });
    }
    expect(now).toBeGreaterThan(15 * minute);
    expect(now).toBeLessThan(45 * minute);
    expect(decide(sweep, auto, now)).toMatchObject({ type: 'pause' });
    expect(decide(fold(sweep, now, looked(ended(0))), auto, now)).toEqual({ type: 'fail', why: 'unreachable' });
  });

  test('a long pause that the server asks for is kept, within limits', () => {
    const waits = (retryAfterMs: number) =>
      fold(beginSweep(1, 0), 0, 0, { type: 'lost', retryAfterMs, sent: true }).retryAt;
    expect([0, 60_000, 1e9].map(waits)).toEqual([5000, 60_000, 15 * minute]);
  });

  test('many runs are looked at in turns', () => {
    let sweep = sweepOf(50, 50);
    const seen = new Set<number>();
    for (let turn = 0; turn < 3; turn++) {
      const action = decide(sweep, { concurrency: 50 }, sweep.lookAt);
      if (action.type !== 'look') throw new Error(action.type);
      expect(action.indices.length).toBe(20);
      for (const index of action.indices) seen.add(index);
      const looks = action.indices.map((index) => ({ index, status: '', ended: false }));
      sweep = fold(sweep, sweep.lookAt, looked(...looks));
    }
    expect(seen.size).toBe(50);
  });
});

describe('what a sweep learns', () => {
  test('a refusal for lack of a slot is no failure: the input is pushed again, under another key', () => {
    const sweep = fold(sweepOf(3, 2), 0, 2, noSlot(2));
    expect(phases(sweep)).toEqual(['running', 'running', 'todo']);
    expect(sweep).toMatchObject({ starting: undefined, failures: 0, slots: { ceiling: 2, limit: 2 } });
    expect(sweep.entries[2]!.attempt).toBe(1);
  });

  test('a push that may have been made keeps its key, until it was searched for and the next one was refused', () => {
    const sweep = fold(beginSweep(2, 0), 0, 0, lost);
    expect(sweep.starting).toEqual({ index: 0, before: 0, at: 0, unclear: true });
    expect(sweep.entries[0]!.attempt).toBe(0);
    for (const event of [noSlot(2), noQuota(0)]) {
      const next = fold(sweep, 0, event);
      expect(next.starting).toBeUndefined();
      expect(next.entries[0]!.attempt).toBe(1);
    }
  });

  test('a push that was not sent keeps its key too, and is not searched for', () => {
    const sweep = fold(beginSweep(2, 0), 0, 0, { type: 'lost', retryAfterMs: 0, sent: false });
    expect(sweep).toMatchObject({ starting: undefined, failures: 1, retryAt: 5000 });
    expect(decide(sweep, auto, 5000)).toEqual({ type: 'start', index: 0, unclear: false });
    expect(sweep.entries[0]!.attempt).toBe(0);
    expect(fold(beginSweep(2, 0), 0, 0, lost, { type: 'lost', retryAfterMs: 0, sent: false }).starting?.unclear).toBe(
      true,
    );
  });

  test('the time of a push is that of its last record', () => {
    const sweep = fold(fold(beginSweep(2, 0), 10, 0, lost), 20, 0);
    expect(sweep.starting).toEqual({ index: 0, before: 0, at: 20, unclear: true });
  });

  test('versions up to the latest are not of the next push', () => {
    const sweep = fold(beginSweep(3, 4), 0, 0);
    expect(sweep.starting).toEqual({ index: 0, before: 4, at: 0, unclear: false });
    expect(fold(sweep, 0, started(6), 1).starting).toMatchObject({ index: 1, before: 6 });
  });

  test('pauses without a slot grow', () => {
    let sweep = beginSweep(2, 0);
    const pauses: number[] = [];
    for (let now = 0; pauses.length < 4; now = sweep.slots.probeAt) {
      sweep = fold(sweep, now, 0, noSlot(2));
      pauses.push((sweep.slots.probeAt - now) / 1000);
    }
    expect(pauses).toEqual([15, 30, 60, 60]);
  });

  test('one run more than before: more slots are tried at once', () => {
    const full = fold(sweepOf(5, 1), 0, 1, noSlot(3));
    const more = fold(full, 0, 1, started(2));
    expect(more.slots.ceiling).toBeUndefined();
    expect(decide(more, auto, 0)).toMatchObject({ type: 'start', index: 2 });
  });

  test('quota is retried when it was refilled, then more and more rarely', () => {
    const refilled = 60 * minute;
    let sweep = fold(beginSweep(1, 0), 0, 0, noQuota(refilled));
    const times = [sweep.quota!.retryAt];
    for (let count = 0; count < 3; count++) {
      const now = sweep.quota!.retryAt;
      sweep = fold(sweep, now, 0, noQuota(refilled));
      times.push(sweep.quota!.retryAt - now);
    }
    expect(times.map((ms) => ms / minute)).toEqual([60, 2, 4, 8]);
    expect(fold(sweep, 0, 0, started(1)).quota).toBeUndefined();
  });

  test('refused inputs end with the message; those of a sweep that gave up are run by the next call', () => {
    const sweep = fold(beginSweep(4, 0), 0, 0, started(1), 1, refused, 2, refused, 3, refused);
    expect(sweep.entries[1]).toMatchObject({ phase: 'ended', status: notPushed, failureMessage: 'bad', version: 0 });
    const next = fold(sweep, 0, { type: 'gaveUp' });
    expect(phases(next)).toEqual(['running', 'todo', 'todo', 'todo']);
    expect(next.entries.map(({ attempt }) => attempt)).toEqual([0, 1, 1, 1]);
  });

  test('failed looks are counted, and forgotten after one that succeeds', () => {
    const failing = fold(sweepOf(1, 1), 5, looked({ index: 0, ended: false }));
    expect(fold(failing, 9, looked({ index: 0, ended: false })).entries[0]).toMatchObject({
      failures: 2,
      failingSince: 5,
    });
    const found = fold(failing, 9, looked({ index: 0, status: 'RUNNING', ended: false }));
    expect(found.entries[0]).toMatchObject({ failures: 0, failingSince: 0, status: 'RUNNING' });
    expect(found.quiet).toBe(0);
  });

  test('a new call: slots and quota are learnt anew, failed inputs run again if asked for, others do not', () => {
    const ends = ['COMPLETE', 'ERROR', 'CANCEL_ACKNOWLEDGED', 'ENDED', 'NOT_STARTED'];
    const looks = ends.map((status, index) => ended(index, status));
    const sweep = fold(sweepOf(8, 6), 0, looked(...looks), 6, noSlot(2), 6, noQuota(9e9), 6, refused);
    const again = fold(sweep, 0, { type: 'opened', retryFailed: false });
    expect(phases(again)).toEqual(phases(sweep));
    expect(again).toMatchObject({ slots: { ceiling: undefined }, quota: undefined, before: 6, kernelId: 7 });
    const retried = fold(sweep, 0, { type: 'opened', retryFailed: true });
    expect(phases(retried)).toEqual(['ended', 'todo', 'todo', 'ended', 'todo', 'running', 'todo', 'todo']);
    expect(retried.entries[1]).toMatchObject({ attempt: 1, version: 0, status: '' });
    expect(retried.refused).toEqual([]);
  });
});
