import { expect, test } from 'vitest';
import { parseRetryAfter, retryDelay } from '../../src/core/rpc/retry.ts';

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
