import { describe, expect, test } from 'vitest';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { budgetsOf, createBudget } from '../../src/core/transfer/budget.ts';

const signal = new AbortController().signal;
const connections = (client: KaggleClient) => budgetsOf(client).connections;
const open = (concurrency: number) => createClient({ token: 'KGAT_test', platform: { name: 'memory', concurrency } });

/** Whether `work` is still waiting after everything that could run has run. */
async function waits(work: Promise<unknown>): Promise<boolean> {
  const waiting = Symbol();
  return (await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 0, waiting))])) === waiting;
}

describe('connections', () => {
  test('one client has as many as its platform, whoever asks; another client has its own', async () => {
    const client = open(2);
    const first = await connections(client).take(1, signal);
    await connections(client).take(1, signal);
    const third = connections(client).take(1, signal);
    expect(await waits(third)).toBe(true);
    await connections(open(2)).take(1, signal);
    first();
    expect(await waits(third)).toBe(false);
  });

  test('a caller who wants more files at once gets more', async () => {
    const client = open(1);
    await connections(client).take(1, signal);
    const second = connections(client).take(1, signal);
    expect(await waits(second)).toBe(true);
    connections(client).widen(2);
    expect(await waits(second)).toBe(false);
  });

  test('one who gives up while waiting leaves the place to the next', async () => {
    const slots = connections(open(1));
    const free = await slots.take(1, signal);
    const controller = new AbortController();
    const impatient = slots.take(1, controller.signal);
    const next = slots.take(1, signal);
    controller.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    free();
    expect(await waits(next)).toBe(false);
  });
});

test('a demand for more than the whole budget waits until nothing else is held', async () => {
  const budget = createBudget(10);
  const free = await budget.take(4, signal);
  const all = budget.take(20, signal);
  expect(await waits(all)).toBe(true);
  free();
  expect(await waits(all)).toBe(false);
});

test('what is taken at once does not go before those that wait', async () => {
  const budget = createBudget(2);
  const first = budget.tryTake(1)!;
  expect(budget.tryTake(2)).toBeUndefined();
  const second = budget.tryTake(1)!;
  expect(budget.tryTake(1)).toBeUndefined();
  const both = budget.take(2, signal);
  first();
  expect(budget.tryTake(1)).toBeUndefined();
  second();
  second();
  (await both)();
  expect(budget.tryTake(2)).toBeDefined();
});
