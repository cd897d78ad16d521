import { describe, expect, test } from 'vitest';
import { addSample, daysOfUse, type QuotaSample } from '../../examples/dashboard/src/data/quota-history.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const refill = at('2026-11-28T00:00');

const sample = (time: string, used: number, reserved = 0): QuotaSample => ({
  at: at(time),
  GPU: { used, reserved },
  TPU: undefined,
});

const days = (samples: readonly QuotaSample[], now: string, count = 7) =>
  Object.fromEntries(
    daysOfUse(samples, 'GPU', refill, at(now), count)
      .filter(({ kind }) => kind !== 'unknown')
      .map(({ day, seconds, kind }) => [day.slice(5), `${Math.round(seconds)} ${kind}`]),
  );

describe('the use by day', () => {
  test('is measured between two samples of a day, and estimated across days', () => {
    const samples = [
      sample('2026-11-23T00:00', 0),
      sample('2026-11-23T10:00', 100),
      sample('2026-11-23T20:00', 400),
      // A quarter of the time is on the 23rd.
      sample('2026-11-24T12:00', 1200),
    ];
    expect(days(samples, '2026-11-24T12:00')).toMatchObject({ '11-23': '600 estimated', '11-24': '600 estimated' });
    expect(days(samples.slice(0, 3), '2026-11-24T12:00')['11-23']).toBe('400 measured');
  });

  test('of the first sample is spread over the week so far', () => {
    expect(days([sample('2026-11-23T00:00', 800)], '2026-11-23T12:00')).toEqual({
      '11-21': '400 estimated',
      '11-22': '400 estimated',
    });
  });

  test('starts at zero in each week, whether or not the number is smaller', () => {
    const samples = [sample('2026-11-27T12:00', 500), sample('2026-11-28T12:00', 700)];
    expect(days(samples, '2026-11-28T12:00', 1)).toEqual({ '11-28': '700 measured' });
    const reset = [sample('2026-11-28T06:00', 900), sample('2026-11-28T12:00', 300)];
    expect(days(reset, '2026-11-28T12:00', 1)).toEqual({ '11-28': '1200 measured' });
  });

  test('is unknown without samples, and zero where nothing was used', () => {
    expect(days([], '2026-11-28T12:00')).toEqual({});
    const quiet = [sample('2026-11-23T00:00', 0), sample('2026-11-25T00:00', 0)];
    expect(days(quiet, '2026-11-25T12:00', 3)).toEqual({ '11-23': '0 measured', '11-24': '0 measured' });
    expect(daysOfUse(quiet, 'TPU', refill, at('2026-11-25T12:00')).every(({ kind }) => kind === 'unknown')).toBe(true);
  });
});

test('samples in which nothing changed are few, and old ones are dropped', () => {
  let samples: QuotaSample[] = [];
  for (let minute = 0; minute < 600; minute++) {
    const time = new Date(at('2026-11-23T00:00') + minute * 60_000).toISOString().slice(0, -1);
    samples = addSample(samples, sample(time, minute < 300 ? 0 : 60));
  }
  expect(samples.length).toBeLessThan(25);
  expect(samples.at(-1)!.at).toBe(at('2026-11-23T09:59'));
  expect(samples.find(({ GPU }) => GPU!.used === 60)!.at).toBe(at('2026-11-23T05:00'));
  expect(addSample(samples, sample('2027-02-01T00:00', 5))).toHaveLength(1);
});
