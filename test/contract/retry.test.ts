import { describe, expect, test, vi } from 'vitest';
import { parseRetryAfter, retryAfterOf, retryDelay } from '../../src/core/rpc/retry.ts';

test.each([
  ['7', 7000],
  ['0', undefined],
  ['-1', undefined],
  ['soon', undefined],
  ['', undefined],
  ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
  ['Wed, 31 Dec 2025 23:00:00 GMT', undefined],
])('Retry-After %j asks for %s ms; one that asks for nothing leaves growing pauses', (header, ms) => {
  const asked = parseRetryAfter(header, Date.UTC(2026, 0, 1));
  expect(asked).toBe(ms);
  expect([1, 2, 3].map((attempt) => retryDelay(attempt, asked, () => 0))).toEqual(
    ms === undefined ? [500, 1000, 2000] : [ms, ms, ms],
  );
});

test('a Retry-After of years is no pause', () => {
  expect(retryDelay(1, parseRetryAfter('2300000000'))).toBeUndefined();
});

describe('a Retry-After that is a date', () => {
  const now = Date.UTC(2026, 10, 27, 12);
  const day = 86_400_000;
  const at = (ms: number) => new Date(ms).toUTCString();

  test.each<[string, string | undefined, number, number | undefined]>([
    ['of a server whose clock is right', at(now), now + 30_000, 30_000],
    ['of a server whose clock is a day ahead', at(now + day), now + day + 30_000, 30_000],
    ['of a server whose clock is a day behind', at(now - day), now - day + 30_000, 30_000],
    ['beside a Date that is far off', at(0), now + 30_000, 30_000],
    ['beside a Date that is no date', 'today', now + 30_000, 30_000],
    ['without a Date', undefined, now + 30_000, 30_000],
    ['that is past for both', at(now), now - 30_000, undefined],
  ])('%s', (_what, date, retryAt, expected) => {
    vi.useFakeTimers({ now });
    try {
      const headers = new Headers({ 'retry-after': at(retryAt), ...(date !== undefined && { date }) });
      expect(retryAfterOf(headers)).toBe(expected);
    } finally {
      vi.useRealTimers();
    }
  });

  test('in seconds goes by no clock', () => {
    expect(retryAfterOf(new Headers({ 'retry-after': '7', date: at(0) }))).toBe(7000);
    expect(retryAfterOf(new Headers())).toBeUndefined();
  });
});
