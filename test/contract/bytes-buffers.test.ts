import { expect, test } from 'vitest';
import { lendBuffer } from '../../src/core/bytes/buffers.ts';

test('a buffer that was given back is lent again, unless something may still use it or it is too small', () => {
  const keeper = lendBuffer(1);
  const first = lendBuffer(1000);
  first.release();
  const second = lendBuffer(500);
  expect(second.bytes).toBe(first.bytes);
  second.release(false);
  const third = lendBuffer(500);
  expect(third.bytes).not.toBe(first.bytes);
  third.release();
  const large = lendBuffer(501);
  expect(large.bytes.length).toBe(501);
  large.release();
  keeper.release();
});

test('two users never have the same buffer, and none is kept when nobody has one', () => {
  const one = lendBuffer(10);
  const two = lendBuffer(10);
  expect(one.bytes).not.toBe(two.bytes);
  one.release();
  two.release();
  const later = lendBuffer(10);
  expect([one.bytes, two.bytes]).not.toContain(later.bytes);
  later.release();
});
