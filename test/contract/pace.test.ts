import { describe, expect, it } from 'vitest';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { delayOf, pause, refill, slowDown, speedUp, spend, startPace } from '../../src/core/rpc/pace.ts';
import { nextTurn, paced } from '../../src/core/rpc/paced.ts';
import { getKernelSessionStatus, saveKernel } from '../../src/services/kernels/generated/methods.ts';
import { timeline, withClock } from '../clock.ts';
import { createFake, refuse } from './kernels-fake.ts';

const interval = 2000;
const fresh = startPace(0);

/** The times in seconds at which requests are sent, if each is sent as soon as the pace allows it. */
function times(count: number, start = fresh): number[] {
  let pace = start;
  return Array.from({ length: count }, () => {
    pace = spend(refill(pace, pace.at + delayOf(pace, interval)), interval);
    return pace.at / 1000;
  });
}

describe('the pace', () => {
  it('sends ten requests at once, then one per interval', () => {
    expect(times(13)).toEqual([...Array(10).fill(0), 2, 4, 6]);
  });

  it('sends ten at once again after a quiet time, however long it was', () => {
    const busy = spend(slowDown(fresh, 0), 0);
    const quiet = speedUpFor(200, refill(busy, 86_400_000));
    expect(times(12, { ...quiet, at: 0 })).toEqual([...Array(10).fill(0), 2, 4]);
  });

  it('halves after a refusal, once for all requests that were sent before it', () => {
    const slow = slowDown(slowDown(fresh, 0), 0);
    expect(times(3, slow)).toEqual([4, 8, 12]);
    expect(times(3, slowDown(slow, 1))).toEqual([8, 16, 24]);
    expect(times(3, speedUp(slow, 0))).toEqual([4, 8, 12]);
  });

  it('sends at least one request in 64 s, however often it is refused', () => {
    let pace = fresh;
    for (let count = 0; count < 50; count++) pace = slowDown(pace, pace.slowdowns);
    expect(times(2, pace)).toEqual([64, 128]);
  });

  it('recovers with the responses that follow', () => {
    const slow = slowDown(fresh, 0);
    expect(delayOf({ ...speedUpFor(10, slow), credit: 0 }, interval)).toBeCloseTo(2950, -1);
    expect(delayOf({ ...speedUpFor(25, slow), credit: 0 }, interval)).toBe(interval);
  });

  it('sends nothing during a pause that the server asks for, up to 15 minutes', () => {
    expect(times(2, pause(fresh, 30_000, 0))).toEqual([32, 34]);
    expect(times(1, pause(pause(fresh, 30_000, 0), 5000, 0))).toEqual([32]);
    expect(times(1, pause(fresh, 30_000, 0.5))).toEqual([33.5]);
    expect(times(1, pause(fresh, 1e9, 0))).toEqual([902]);
  });

  it('does not wait longer if the clock is set back', () => {
    const spent = spend({ ...fresh, at: 1e9, credit: 0 }, interval);
    expect(delayOf(refill(spent, 0), interval)).toBe(4000);
    expect(delayOf(refill(refill(spent, 0), 4000), interval)).toBe(0);
  });

  function speedUpFor(responses: number, start = fresh) {
    let pace = start;
    for (let count = 0; count < responses; count++) pace = speedUp(pace, pace.slowdowns);
    return pace;
  }
});

describe('a paced client', () => {
  const run = { userName: 'alice', kernelSlug: 'my-job' };

  /** A client whose server answers with the handler, and the times in seconds of its requests. */
  function setUp(answer: (count: number) => unknown = () => ({ status: 'RUNNING' })) {
    const clock = timeline();
    const sent: number[] = [];
    const handler = () => {
      sent.push(Math.round(clock.now()) / 1000);
      return answer(sent.length);
    };
    const fake = createFake({ GetKernelSessionStatus: handler, SaveKernel: handler });
    const client: KaggleClient = { ...withClock(fake.client, clock), retry: 4 };
    return { client, clock, sent, ask: (form = paced(client)) => form.call(getKernelSessionStatus, run) };
  }

  it('sends 10 requests, and then 30 per minute', async () => {
    const { sent, ask } = setUp();
    await Promise.all(Array.from({ length: 40 }, () => ask()));
    expect(sent).toEqual(Array.from({ length: 40 }, (_, index) => Math.max(0, index - 9) * 2));
  });

  it('shares its pace with all paced forms of the client, each at the rate that it asks for', async () => {
    const { client, sent, ask } = setUp();
    await Promise.all(Array.from({ length: 10 }, () => ask(paced(client))));
    await Promise.all([ask(paced(client, 60)), ask(paced(paced(client), 120)), ask(paced(client, 60))]);
    expect(sent.slice(10)).toEqual([1, 1.5, 2.5]);
  });

  it('repeats a refused request when its turn comes again, and slows down for all', async () => {
    const { sent, ask } = setUp((count) => (count === 3 ? refuse(429) : { status: 'RUNNING' }));
    await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(sent).toEqual([...Array(10).fill(0), 4]);
  });

  it('waits as long as Retry-After asks, also in another call', async () => {
    const limited = () => new Response('slow down', { status: 429, headers: { 'retry-after': '60' } });
    const { sent, ask } = setUp((count) => (count === 1 ? limited() : { status: 'RUNNING' }));
    await ask();
    await ask();
    expect(sent).toEqual([0, 64, expect.closeTo(67.88, 1)]);
  });

  it('rejects with RateLimitError after the retries of the client', async () => {
    const { client, sent, ask } = setUp(() => refuse(429));
    await expect(ask(paced({ ...client, retry: 2 }))).rejects.toThrow(/429|no/);
    expect(sent).toEqual([0, 4, 12]);
  });

  it('retries a busy server, but never a call that changes something', async () => {
    const { client, sent, ask } = setUp((count) => (count % 3 ? refuse(503) : { status: 'RUNNING' }));
    await ask();
    expect(sent).toEqual([0, 0.5, 1.5]);
    await expect(paced(client).call(saveKernel, { text: 'x' })).rejects.toMatchObject({ status: 503 });
    await expect(paced(client).call(saveKernel, { text: 'x' }, { retry: 5 })).rejects.toMatchObject({ status: 503 });
    await expect(
      paced(client).call('kernels.KernelsApiService', 'SaveKernel', {}, { retry: 5 }),
    ).resolves.toMatchObject({ status: 'RUNNING' });
    expect(sent).toHaveLength(6);
  });

  it('gives turns to requests that are sent by other means, and learns from them', async () => {
    const { client, sent, ask } = setUp();
    const report = await nextTurn(paced(client), 30, undefined);
    report('limited');
    await ask();
    expect(sent).toEqual([4]);
  });

  it('leaves the queue on abort, at once and without moving others to a later or an earlier time', async () => {
    const { client, clock, sent, ask } = setUp();
    const form = paced(client);
    await Promise.all(Array.from({ length: 10 }, () => ask(form)));
    const reason = new Error('enough');
    const stopped = new AbortController();
    const first = ask(form);
    const aborted = Array.from({ length: 100 }, () =>
      form.call(getKernelSessionStatus, run, { signal: stopped.signal }),
    );
    const after = [ask(form), ask(form)];
    stopped.abort(reason);
    for (const one of aborted) await expect(one).rejects.toBe(reason);
    expect(clock.now()).toBe(0);
    await Promise.all([first, ...after]);
    expect(sent.slice(10)).toEqual([2, 4, 6]);
  });

  it('is not blocked by a request of an invocation of a Worker that ended', async () => {
    const { client, sent, ask, clock } = setUp();
    let ends = false;
    const sleep: typeof clock.sleep = (ms, signal) => (ends ? new Promise(() => undefined) : clock.sleep(ms, signal));
    const form = paced({ ...client, clock: { ...clock, sleep } });
    await Promise.all(Array.from({ length: 10 }, () => ask(form)));
    ends = true;
    void ask(form);
    await Promise.resolve();
    ends = false;
    await Promise.all([ask(form), ask(form)]);
    expect(sent.slice(10)).toEqual([14, 14]);
  });

  it('sends nothing after the abort of the client', async () => {
    const { client, sent } = setUp();
    const form = paced({ ...client, signal: AbortSignal.abort(new Error('closed')) });
    await expect(form.call(getKernelSessionStatus, run)).rejects.toThrow('closed');
    await expect(form.whoAmI()).rejects.toThrow('closed');
    expect(sent).toEqual([]);
  });
});
