import { describe, expect, test } from 'vitest';
import {
  assignRange,
  type ConnectionStats,
  joinRanges,
  missingRanges,
  type Range,
  rangeLimits,
  usableRanges,
  wantedConnections,
} from '../../src/core/transfer/download/ranges.ts';
import { readResumeRecord, writeResumeRecord } from '../../src/core/transfer/download/resume-record.ts';

const ranges = (...pairs: [number, number][]): Range[] => pairs.map(([start, end]) => ({ start, end }));

describe('ranges', () => {
  test.each<[string, [number, number][], [number, number][], [number, number][]]>([
    ['nothing', [], [], [[0, 100]]],
    ['the start', [[0, 40]], [[0, 40]], [[40, 100]]],
    [
      'a hole',
      [
        [60, 100],
        [0, 40],
      ],
      [
        [0, 40],
        [60, 100],
      ],
      [[40, 60]],
    ],
    [
      'neighbours',
      [
        [40, 60],
        [0, 40],
      ],
      [[0, 60]],
      [[60, 100]],
    ],
    [
      'overlaps',
      [
        [0, 50],
        [40, 60],
        [45, 50],
      ],
      [[0, 60]],
      [[60, 100]],
    ],
    [
      'empty ones',
      [
        [30, 30],
        [50, 100],
      ],
      [[50, 100]],
      [[0, 50]],
    ],
    ['all', [[0, 100]], [[0, 100]], []],
  ])('joined and missing: %s', (_name, kept, joined, missing) => {
    expect(joinRanges(ranges(...kept))).toEqual(ranges(...joined));
    expect(missingRanges(100, ranges(...kept))).toEqual(ranges(...missing));
  });

  test.each<[string, [number, number][], boolean, [number, number][]]>([
    ['the last byte is asked for again', [[0, 100]], false, [[0, 99]]],
    [
      'a hash that is counted in order needs the start',
      [
        [0, 10],
        [20, 30],
      ],
      true,
      [[0, 10]],
    ],
    ['without the start nothing of it', [[20, 30]], true, []],
    [
      'else all of it',
      [
        [0, 10],
        [20, 30],
      ],
      false,
      [
        [0, 10],
        [20, 30],
      ],
    ],
  ])('usable later: %s', (_name, kept, inOrder, usable) => {
    expect(usableRanges(ranges(...kept), 100, inOrder)).toEqual(ranges(...usable));
  });

  const state = (at: number, end: number, busy: boolean) => ({ at, end, busy });
  test.each([
    ['one that waits', [state(5, 100, true), state(100, 110, false)], { type: 'take', index: 1 }],
    ['half of the largest rest', [state(10, 50, true), state(50, 200, true)], { type: 'split', index: 1, at: 125 }],
    ['nothing of a rest that is too small', [state(31, 50, true)], { type: 'none' }],
    ['the smallest that is worth it', [state(30, 50, true)], { type: 'split', index: 0, at: 40 }],
    ['nothing of an unknown length', [state(0, Number.POSITIVE_INFINITY, true)], { type: 'none' }],
    ['nothing when all is done', [state(50, 50, false), state(60, 60, false)], { type: 'none' }],
  ])('a free connection takes %s', (_name, states, step) => {
    expect(assignRange(states, 10)).toEqual(step);
  });

  const MB = 1e6;
  const look = (part: Partial<ConnectionStats>): ConnectionStats => ({
    rate: 30 * MB,
    rest: 1000 * MB,
    connections: 1,
    before: undefined,
    ...part,
  });
  test.each<[string, Partial<ConnectionStats>, number]>([
    ['a slow connection', {}, 4],
    ['a fast one', { rate: 800 * MB, rest: 4000 * MB }, 1],
    ['a short rest', { rest: 40 * MB }, 1],
    ['no byte yet', { rate: 0 }, 1],
    ['more helped', { rate: 118 * MB, connections: 4, before: { rate: 30 * MB, connections: 4 } }, 8],
    ['more did not help', { rate: 33 * MB, connections: 4, before: { rate: 30 * MB, connections: 4 } }, 4],
    ['as many as allowed', { rate: 230 * MB, connections: 8, before: { rate: 118 * MB, connections: 8 } }, 8],
    [
      'fewer could be had than were wanted',
      { rate: 60 * MB, connections: 2, before: { rate: 30 * MB, connections: 4 } },
      2,
    ],
    ['almost done', { rate: 118 * MB, rest: 20 * MB, connections: 4, before: { rate: 30 * MB, connections: 4 } }, 4],
  ])('connections: %s', (_name, part, wanted) => {
    expect(wantedConnections(look(part), rangeLimits)).toBe(wanted);
  });

  test('never more than allowed', () => {
    expect(wantedConnections(look({}), { ...rangeLimits, connections: 2 })).toBe(2);
    expect(wantedConnections(look({}), { ...rangeLimits, connections: 1 })).toBe(1);
  });
});

describe('the note beside a part', () => {
  const facts = {
    total: 100,
    validator: '"a"',
    lastModified: new Date('2024-06-01T12:00:00Z'),
    sums: { crc32c: 'AAAAAA==' },
    encoded: false,
    page: false,
  };
  const note = writeResumeRecord({ facts, ranges: ranges([50, 60], [0, 10], [10, 20]) });
  const json = JSON.parse(JSON.stringify(note)) as Record<string, unknown>;

  test('is read as it was written', () => {
    expect(readResumeRecord(json, 60)).toEqual({ facts, ranges: ranges([0, 20], [50, 60]) });
  });

  test.each<[string, unknown, number]>([
    ['bytes that are not there', json, 59],
    ['another version', { ...json, version: 2 }, 60],
    ['no ranges', { ...json, ranges: 'all' }, 60],
    ['a range that is none', { ...json, ranges: [[20, 10]] }, 60],
    ['a range beyond the end', { ...json, total: 55 }, 60],
    ['half a byte', { ...json, ranges: [[0, 0.5]] }, 60],
    ['a validator that is no text', { ...json, validator: 7 }, 60],
    ['nothing to recognise the object by', { ...json, validator: undefined, sums: {} }, 60],
    ['an empty object', { ...json, total: 0, ranges: [] }, 60],
    ['nothing', undefined, 60],
    ['a text', 'note', 60],
  ])('is worth nothing with %s', (_name, value, size) => {
    expect(readResumeRecord(value, size)).toBeUndefined();
  });
});
