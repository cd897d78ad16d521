import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import type { RecordedRequest } from './recording.ts';
import { readTable, settle } from './table.ts';

const post = (path: string, body: unknown): RecordedRequest => ({ method: 'POST', path, body });

test('requests are compared as multisets, in any order of requests and keys', () => {
  const theirs = [post('S/A', { x: 1, y: 2 }), post('S/B', {}), post('S/B', {})];
  const ours = [post('S/B', {}), post('S/A', { y: 2, x: 1 })];
  expect(compare(theirs, ours)).toEqual([{ kind: 'only theirs', request: 'POST S/B {}' }]);
  expect(compare(ours, theirs)).toEqual([{ kind: 'only ours', request: 'POST S/B {}' }]);
});

test('the same method with other fields is reported by field', () => {
  const [difference] = compare([post('S/A', { x: 1, z: { q: [1] } })], [post('S/A', { x: 2, z: { q: [2] } })]);
  expect(difference).toEqual({ kind: 'differs', request: 'POST S/A x: 1 -> 2, z.q: [1] -> [2]' });
});

test('a difference without a row is reported, and so is a row with a wrong count', () => {
  const row = { times: 1, kind: 'only ours', flow: 'upload-*', request: 'POST S/A *', reason: 'because' };
  const one = { flow: 'upload-429', difference: { kind: 'only ours', request: 'POST S/A {}' } as const };
  const other = { flow: 'quota', difference: { kind: 'only ours', request: 'POST S/A {}' } as const };
  expect(settle([one], [row])).toEqual({ unlisted: [], wrongCounts: [] });
  expect(settle([one, other], [row]).unlisted).toEqual(['only ours | quota | POST S/A {}']);
  expect(settle([], [row]).wrongCounts).toEqual([expect.stringContaining('says 1, but occurs 0 times')]);
  expect(settle([one, one], [row]).wrongCounts).toEqual([expect.stringContaining('says 1, but occurs 2 times')]);
});

test('every line of the tables in docs/differences.md is read, and has a reason', () => {
  const rows = readTable();
  expect(rows.length).toBeGreaterThan(50);
  for (const row of rows) expect(row.reason.length, row.request).toBeGreaterThan(8);
});
