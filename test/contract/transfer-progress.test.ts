import { describe, expect, test } from 'vitest';
import type { Progress } from '../../src/core/progress.ts';
import { startProgress } from '../../src/core/transfer/progress.ts';

/** Plays reports at given times (ms), and gives back what was told. */
function play(
  steps: [time: number, transferred: number | 'retried' | 'done'][],
  total: number | undefined = 1000,
): Progress[] {
  const events: Progress[] = [];
  let now = 0;
  const reporter = startProgress(
    'a.bin',
    'upload',
    (event) => events.push(event),
    () => now,
  );
  for (const [time, what] of steps) {
    now = time;
    if (what === 'retried') reporter.retried();
    else if (what === 'done') reporter.done(1000);
    else reporter.report(what, total);
  }
  return events;
}

describe('what is told of a transfer', () => {
  test('the shape of an event', () => {
    expect(play([[0, 0]])).toEqual([
      { file: 'a.bin', transferred: 0, total: 1000, phase: 'upload', rate: undefined, eta: undefined, attempt: 1 },
    ]);
  });

  test('it never falls, never repeats itself, never passes the total', () => {
    const events = play([
      [0, 0],
      [10, 400],
      [20, 100],
      [30, 400],
      [40, 900],
      [50, 1200],
      [60, 'done'],
    ]);
    expect(events.map(({ transferred }) => transferred)).toEqual([0, 400, 900, 1000, 1000]);
  });

  test('the rate is that of the last seconds, the time left follows from it', () => {
    const events = play([
      [0, 0],
      [100, 10],
      [1000, 100],
      [2000, 200],
    ]);
    expect(events.map(({ rate, eta }) => [rate, eta])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [100, 9],
      [100, 8],
    ]);
    const later = play([
      [0, 0],
      [10_000, 100],
      [15_000, 600],
    ]);
    expect(later.at(-1)).toMatchObject({ rate: 100, eta: 4 });
  });

  test('what was there from an earlier run counts for no rate', () => {
    expect(
      play([
        [0, 500],
        [1000, 600],
      ]).at(-1),
    ).toMatchObject({ rate: 100, eta: 4 });
  });

  test('without a total there is a rate, but no time left', () => {
    const events: Progress[] = [];
    let now = 0;
    const reporter = startProgress(
      'a.bin',
      'download',
      (event) => events.push(event),
      () => now,
    );
    reporter.report(0);
    now = 1000;
    reporter.report(50);
    expect(events.at(-1)).toMatchObject({ total: undefined, rate: 50, eta: undefined });
  });

  test('each request after a failure counts as another attempt', () => {
    const events = play([
      [0, 0],
      [10, 'retried'],
      [20, 10],
      [30, 'retried'],
      [40, 'done'],
    ]);
    expect(events.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(events.at(-1)).toMatchObject({ phase: 'done', eta: 0, transferred: 1000 });
  });

  test('a listener is not needed', () => {
    expect(() => startProgress('a.bin', 'upload', undefined).report(1, 2)).not.toThrow();
  });
});
