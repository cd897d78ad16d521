import { expect, test } from 'vitest';
import { firstFacts, judgeRange } from '../../src/core/transfer/remote/range-answer.ts';

const known = { size: 100, validator: '"1"', lastModified: undefined };
const part = { 'content-range': 'bytes 10-99/100', etag: '"1"' };

test.each<[string, number, number, Record<string, string>, string]>([
  ['the part that was asked for', 10, 206, part, 'part'],
  ['a part, in a page that does not see where', 10, 206, { etag: '"1"' }, 'part'],
  [
    'a part of another object, by a storage that does not look at If-Range',
    10,
    206,
    { ...part, etag: '"2"' },
    'changed',
  ],
  ['a part of an object of another length', 10, 206, { ...part, 'content-range': 'bytes 10-98/99' }, 'changed'],
  ['another part', 10, 206, { ...part, 'content-range': 'bytes 0-99/100' }, 'changed'],
  ['a part of a compressed form', 10, 206, { ...part, 'content-encoding': 'gzip' }, 'changed'],
  ['all of it, where all of it was asked for', 0, 200, { etag: '"1"', 'content-length': '100' }, 'part'],
  ['all of it instead of a part', 10, 200, { etag: '"1"', 'content-length': '100' }, 'ignored'],
  ['all of another object', 10, 200, { etag: '"2"', 'content-length': '100' }, 'changed'],
  ['all of something without a validator', 10, 200, { 'content-length': '100' }, 'changed'],
  ['a range that is no longer there', 10, 416, {}, 'changed'],
  ['too many requests', 10, 429, {}, 'busy'],
  ['a busy storage', 10, 503, {}, 'busy'],
  ['an expired address', 10, 400, {}, 'expired'],
  ['a signature that is too old', 10, 403, {}, 'expired'],
  ['anything else', 10, 302, {}, 'refused'],
])('%s', (_, start, status, headers, type) => {
  expect(judgeRange(known, start, { status, headers: new Headers(headers) }).type).toBe(type);
});

test('the first answer says how long the object is, or that no parts are to be had', () => {
  const facts = (status: number, headers: Record<string, string>) =>
    firstFacts({ status, headers: new Headers(headers) });
  expect(facts(206, part)).toEqual({ size: 100, start: 10, validator: '"1"', lastModified: undefined });
  expect(facts(416, { 'content-range': 'bytes */0' })).toMatchObject({ size: 0 });
  expect(facts(206, { ...part, 'content-range': 'bytes 10-99/*' })).toBeUndefined();
  expect(facts(206, { ...part, 'content-encoding': 'gzip' })).toBeUndefined();
  expect(facts(200, { 'content-length': '100' })).toBeUndefined();
});
