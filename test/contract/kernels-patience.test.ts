import { afterEach, describe, expect, it, vi } from 'vitest';
import { NotFoundError, PermissionError, TimeoutError } from '../../src/core/errors.ts';
import type { Clock } from '../../src/core/platform.ts';
import { sleep } from '../../src/core/sleep.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { withClock } from '../clock.ts';
import { createFake, createKernel, fakeClock, json, refuse } from './kernels-fake.ts';

const pushed = { ref: 'alice/my-job-one', versionNumber: 1 };
const { wait } = kernels;

/** A clock that somebody sets by so many seconds, once, when it has waited for a while. */
function jumpingClock(seconds: number, onSleep?: (seconds: number) => void): Clock & { sleeps: number[] } {
  const clock = fakeClock(onSleep);
  return { ...clock, now: () => clock.now() + (clock.now() > 3000 ? seconds * 1000 : 0) };
}

describe('a clock that is set while a run is waited for', () => {
  const jumps: [string, number][] = [
    ['to tomorrow', 86_400],
    ['to yesterday', -86_400],
    ['to another age', 1e9],
  ];

  it.each(jumps)('%s: the time that was allowed stays the same', async (_when, seconds) => {
    const { client } = createFake(createKernel({ status: 'RUNNING' }).handlers);
    const clock = jumpingClock(seconds);
    await expect(wait(withClock(client, clock), pushed, { timeout: 500 })).rejects.toBeInstanceOf(TimeoutError);
    const waited = clock.sleeps.reduce((sum, each) => sum + each, 0);
    expect(waited).toBeGreaterThan(300);
    expect(waited).toBeLessThanOrEqual(500);
  });

  it.each(jumps)('%s: a run that is to start is waited for', async (_when, seconds) => {
    const kernel = createKernel({ status: 'NONE' });
    const clock = jumpingClock(seconds, (at) => {
      if (at > 300) kernel.state.versions[0]!.status = 'COMPLETE';
    });
    const { client } = createFake(kernel.handlers);
    expect(await wait(withClock(client, clock), pushed)).toEqual({ status: 'COMPLETE' });
  });

  it.each(jumps)('%s: a connection that is lost is tolerated', async (_when, seconds) => {
    let fine = false;
    const clock = jumpingClock(seconds, (at) => {
      fine = at > 300;
    });
    const { client } = createFake({
      GetKernelSessionStatus: () => {
        if (fine) return { status: 'COMPLETE' };
        throw new TypeError('fetch failed');
      },
    });
    expect(await wait(withClock(client, clock), pushed, { onWarning: () => {} })).toEqual({ status: 'COMPLETE' });
  });

  it.each(jumps)('%s: a slot is waited for as long as was said', async (_when, seconds) => {
    const clock = jumpingClock(seconds);
    const { client } = createFake({ SaveKernel: () => ({ error: 'Maximum batch CPU session count of 5 reached.' }) });
    const request = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: '1' };
    const pushing = kernels.push(withClock(client, clock), request, { waitForSlot: 200 });
    await expect(pushing).rejects.toBeInstanceOf(kernels.CapacityError);
    expect(Math.round(clock.sleeps.reduce((sum, each) => sum + each, 0))).toBe(200);
  });

  describe('of the machine itself', () => {
    afterEach(() => void vi.restoreAllMocks());

    it.each(jumps)('%s: a call is still repeated, and has its time', async (_when, seconds) => {
      const real = Date.now.bind(Date);
      let looks = 0;
      const { client } = createFake({
        GetKernelSessionStatus: () => {
          vi.spyOn(Date, 'now').mockImplementation(() => real() + seconds * 1000);
          return ++looks < 2 ? refuse(503, 'busy') : { status: 'COMPLETE' };
        },
      });
      expect((await kernels.status(client, pushed, { retry: 2, timeout: 20 })).status).toBe('COMPLETE');
      expect(looks).toBe(2);
    });
  });
});

describe('Retry-After while a run is waited for', () => {
  /** The pauses between the looks, in seconds, of a server that asks for this pause three times. */
  async function pauses(retryAfter: string, status = 429): Promise<number[]> {
    let looks = 0;
    const { client } = createFake({
      GetKernelSessionStatus: () => {
        if (++looks > 3) return { status: 'COMPLETE' };
        return new Response('{"code":429}', { status, headers: { 'retry-after': retryAfter } });
      },
    });
    const clock = fakeClock();
    await wait(withClock(client, clock), pushed, { onWarning: () => {} });
    return clock.sleeps;
  }

  it.each([
    ['300', 429, 300],
    ['130', 503, 130],
    ['1000000', 429, 900],
  ])('of %s s (HTTP %s) is a pause of %s s', async (retryAfter, status, seconds) => {
    expect(await pauses(retryAfter, status)).toEqual([seconds, seconds, seconds]);
  });

  it.each([
    '0',
    '-5',
    '0.001',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'soon',
  ])('of %s is never less than our own', async (text) => {
    const seen = await pauses(text);
    expect(seen.length).toBe(3);
    for (const [index, seconds] of seen.entries()) expect(seconds).toBeGreaterThanOrEqual(1.3 ** index - 0.001);
  });

  it('does not outlast the time that was allowed', async () => {
    const { client } = createFake({
      GetKernelSessionStatus: () => new Response('', { status: 429, headers: { 'retry-after': '600' } }),
    });
    const clock = fakeClock();
    const waiting = wait(withClock(client, clock), pushed, { timeout: 60, onWarning: () => {} });
    await expect(waiting).rejects.toBeInstanceOf(TimeoutError);
    expect(clock.sleeps).toEqual([60]);
  });
});

describe('a status', () => {
  it('that is not known is said, and ends when the output is there', async () => {
    const kernel = createKernel({ status: 'SOMETHING_NEW' });
    const warnings: string[] = [];
    const statuses: string[] = [];
    const { client } = createFake({
      ...kernel.handlers,
      ListKernelSessionOutput: () => (clock.now() > 600_000 ? { files: [], log: '[{"data":"x"}]' } : { files: [] }),
    });
    const clock = fakeClock();
    const end = await wait(withClock(client, clock), pushed, {
      onWarning: (message) => warnings.push(message),
      onStatus: (status) => statuses.push(status),
    });
    expect(end).toEqual({ status: 'ENDED' });
    expect(clock.now()).toBeLessThan(700_000);
    expect(statuses).toEqual(['SOMETHING_NEW', 'ENDED']);
    expect(warnings).toEqual([
      'version 1 of alice/my-job-one has the status "SOMETHING_NEW", which this version of kaggle-ts does not know: waiting for its output',
      'version 1 of alice/my-job-one has output, so it has probably ended: it may have failed; check https://www.kaggle.com/code/alice/my-job-one',
    ]);
  });

  it('that is not known may become one that is', async () => {
    const kernel = createKernel({ status: 'SOMETHING_NEW' });
    const { client } = createFake({ ...kernel.handlers });
    const clock = fakeClock((seconds) => {
      if (seconds > 60) kernel.state.versions[0]!.status = 'ERROR';
    });
    const waiting = wait(withClock(client, clock), pushed, { onWarning: () => {} });
    await expect(waiting).rejects.toMatchObject({ status: 'ERROR' });
  });

  it.each([
    'RUNNING',
    'CANCEL_REQUESTED',
  ])('%s for longer than any run takes is said once, and ends when the output is there', async (status) => {
    const warnings: string[] = [];
    const { client } = createFake({
      ...createKernel({ status }).handlers,
      ListKernelSessionOutput: () =>
        clock.now() > 80_000_000 ? { files: [{ fileName: 'a', url: 'u' }] } : { files: [] },
    });
    const clock = fakeClock();
    const schedule = { first: 600, longest: 600 };
    const end = await wait(withClock(client, clock), pushed, { schedule, onWarning: (text) => warnings.push(text) });
    expect(end).toEqual({ status: 'ENDED' });
    expect(warnings[0]).toContain(`has been ${status} for more than 14 hours`);
    expect(warnings).toHaveLength(2);
  });

  it('RUNNING asks for nothing else before that', async () => {
    const kernel = createKernel({ status: 'RUNNING' });
    const { client, called } = createFake(kernel.handlers);
    const clock = fakeClock((seconds) => {
      if (seconds > 40_000) kernel.state.versions[0]!.status = 'COMPLETE';
    });
    await wait(withClock(client, clock), pushed, { schedule: { first: 600, longest: 600 } });
    expect(new Set(called())).toEqual(new Set(['GetKernelSessionStatus']));
  });
});

describe('a kernel that does not exist', () => {
  const refused = () => refuse(403, "Permission 'kernels.get' was denied");
  const absent = () => refuse(404, 'Requested entity was not found.');
  type Verb = (client: Parameters<typeof wait>[0], ref: string) => Promise<unknown>;
  const verbs: [string, Verb][] = [
    ['wait', (client, ref) => wait(client, ref)],
    ['status', (client, ref) => kernels.status(client, ref)],
    ['the live log', (client, ref) => kernels.logs(client, ref, { follow: true }).next()],
    ['the stored log', (client, ref) => kernels.logs(client, ref).next()],
    ['output', (client, ref) => kernels.output(client, ref, '/out')],
    ['listOutput', (client, ref) => kernels.listOutput(client, ref).all()],
    ['openRemote', (client, ref) => kernels.openRemote(client, ref, 'a.csv')],
    ['get', (client, ref) => kernels.get(client, ref)],
  ];

  it.each(
    verbs.flatMap(([name, verb]) => ['alice/not-there', 'alice/not-there/3'].map((ref) => [name, ref, verb] as const)),
  )('costs %s of %s no more than two requests', async (_name, ref, verb) => {
    for (const [answer, kind] of [
      [refused, PermissionError],
      [absent, NotFoundError],
    ] as const) {
      const methods = ['GetKernel', 'GetKernelSessionStatus', 'ListKernelSessionOutput', 'ListKernelFiles'];
      const { client, called } = createFake(Object.fromEntries(methods.map((method) => [method, answer])));
      await expect(verb(withClock(client, { sleep }), ref)).rejects.toBeInstanceOf(kind);
      expect(called().length).toBeLessThanOrEqual(2);
    }
  });

  it('is told from a credential that is refused, which is one request with a label too', async () => {
    const { client, called } = createFake({ GetKernelSessionStatus: () => json({ code: 401, message: 'no' }, 401) });
    await expect(kernels.status(client, 'alice/my-job-one/3')).rejects.toMatchObject({ name: 'AuthenticationError' });
    await expect(wait(client, pushed)).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(called()).toHaveLength(2);
  });
});
