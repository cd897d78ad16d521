import { describe, expect, test } from 'vitest';
import { firstAttempt, react } from '../../src/core/transfer/download/attempts.ts';
import { receive } from '../../src/core/transfer/download/content.ts';
import { readPartNote, writePartNote } from '../../src/core/transfer/download/part-note.ts';
import {
  joinRanges,
  type Look,
  missingRanges,
  nextStep,
  type Range,
  rangeLimits,
  usableRanges,
  wantedConnections,
} from '../../src/core/transfer/download/ranges.ts';

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
    expect(nextStep(states, 10)).toEqual(step);
  });

  const MB = 1e6;
  const look = (part: Partial<Look>): Look => ({
    rate: 30 * MB,
    rest: 1000 * MB,
    connections: 1,
    before: undefined,
    ...part,
  });
  test.each<[string, Partial<Look>, number]>([
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

describe('after a request has failed', () => {
  const at = { received: 100, moved: true, others: false, retries: 2, renewable: true };
  const lost = { type: 'lost', cause: undefined } as const;
  const expired = { type: 'expired', status: 403, direct: true } as const;
  const busy = { type: 'busy', status: 503, retryAfterMs: 3000 } as const;
  test.each([
    ['lost after new bytes: at once', lost, {}, { type: 'goOn' }, 1],
    ['busy: after a pause', busy, {}, { type: 'pause', attempt: 1, retryAfterMs: 3000 }, 1],
    ['changed: from the start', { type: 'changed' } as const, {}, { type: 'startOver' }, 1],
    [
      'changed, with others at work: from the start',
      { type: 'changed' } as const,
      { others: true, moved: false },
      { type: 'startOver' },
      1,
    ],
    ['expired: a new address', expired, {}, { type: 'renew' }, 1],
    ['expired, but nobody to ask', expired, { renewable: false }, { type: 'giveUp' }, 1],
    ['refused, though the address is new', { ...expired, direct: false }, {}, { type: 'giveUp' }, 1],
    ['refused', { type: 'refused', status: 400 } as const, {}, { type: 'giveUp' }, 0],
    ['nothing came, others are at work', lost, { others: true, moved: false }, { type: 'handBack', renew: false }, 0],
    ['expired, others are at work', expired, { others: true, moved: false }, { type: 'handBack', renew: true }, 0],
    ['lost after new bytes, others are at work', lost, { others: true }, { type: 'goOn' }, 1],
    ['the range was ignored', { type: 'ignored' } as const, { others: true }, { type: 'handBack', renew: false }, 0],
  ])('%s', (_name, ending, part, reaction, failures) => {
    expect(react(firstAttempt, ending, { ...at, ...part })).toEqual({
      attempts: { failures, best: 100, renewals: reaction.type === 'renew' ? 1 : 0 },
      reaction,
    });
  });

  test('failures in a row count as long as no byte is new', () => {
    const same = { ...at, moved: false };
    const first = react({ ...firstAttempt, best: 100 }, lost, same);
    const second = react(first.attempts, lost, same);
    const third = react(second.attempts, lost, same);
    expect([first, second, third].map(({ reaction }) => reaction.type)).toEqual(['goOn', 'pause', 'giveUp']);
    expect(react(second.attempts, lost, { ...at, received: 101 }).reaction.type).toBe('goOn');
  });
});

test('a new address is asked for once without a new byte between', () => {
  const at = { received: 100, moved: false, others: false, retries: 5, renewable: true };
  const expired = { type: 'expired', status: 403, direct: true } as const;
  const first = react({ ...firstAttempt, best: 100 }, expired, at);
  expect(first.reaction.type).toBe('renew');
  expect(react(first.attempts, expired, at).reaction.type).toBe('giveUp');
  expect(react(first.attempts, expired, { ...at, received: 101 }).reaction.type).toBe('renew');
});

describe('answers to a range', () => {
  const known = {
    total: 100,
    validator: '"a"',
    lastModified: undefined,
    sums: {},
    encoded: false,
  };
  const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers: new Headers(headers) });
  const part = (range: string, etag = '"a"') => answer(206, { 'content-range': range, etag });
  test.each([
    ['the first answer', undefined, 0, answer(200), 'whole'],
    ['the range', known, 40, part('bytes 40-59/100'), 'continue'],
    ['the range from byte 0', known, 0, part('bytes 0-59/100'), 'continue'],
    ['another range', known, 40, part('bytes 41-59/100'), 'changed'],
    ['the range of a longer object', known, 40, part('bytes 40-59/200'), 'changed'],
    ['the range of another object', known, 40, part('bytes 40-59/100', '"b"'), 'changed'],
    ['the whole of it', known, 40, answer(200, { etag: '"a"', 'content-length': '100' }), 'continue'],
    ['the whole of another', known, 0, answer(200, { etag: '"b"', 'content-length': '100' }), 'changed'],
    ['no such range', known, 40, answer(416, { 'content-range': 'bytes */20' }), 'changed'],
    ['busy', known, 40, answer(503), 'busy'],
    ['expired', known, 40, answer(403), 'expired'],
    ['a redirect to nowhere', known, 40, answer(300), 'refused'],
  ])('%s', (_name, facts, at, response, type) => {
    expect(receive(at, facts, response).type).toBe(type);
  });
});

describe('the note beside a part', () => {
  const facts = {
    total: 100,
    validator: '"a"',
    lastModified: new Date('2024-06-01T12:00:00Z'),
    sums: { crc32c: 'AAAAAA==' },
    encoded: false,
  };
  const note = writePartNote({ facts, ranges: ranges([50, 60], [0, 10], [10, 20]) });
  const json = JSON.parse(JSON.stringify(note)) as Record<string, unknown>;

  test('is read as it was written', () => {
    expect(readPartNote(json, 60)).toEqual({ facts, ranges: ranges([0, 20], [50, 60]) });
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
    expect(readPartNote(value, size)).toBeUndefined();
  });
});
