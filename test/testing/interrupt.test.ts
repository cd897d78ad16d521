import { expect, test } from 'vitest';
import { keepSignals } from '../../src/testing/executors/interrupt.ts';

/** As pyodide looks for a signal, with something that happens between its read and its write. */
function look(buffer: { 0: number }, between = () => {}): number {
  const signal = buffer[0];
  between();
  buffer[0] = 0;
  return signal;
}

test('a signal is seen once', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(1));
  const buffer = keepSignals(shared);
  expect(look(buffer)).toBe(0);
  shared[0] = 2;
  expect([look(buffer), look(buffer)]).toEqual([2, 0]);
});

test('a signal that arrives while pyodide polls is not lost', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(1));
  const buffer = keepSignals(shared);
  expect(look(buffer, () => (shared[0] = 2))).toBe(0);
  expect(look(buffer)).toBe(2);
});
