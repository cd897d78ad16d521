import { describe, expect, it } from 'vitest';
import { TimeoutError } from '../../src/core/errors.ts';
import type { Clock } from '../../src/core/platform.ts';
import { paginate } from '../../src/core/rpc/paginate.ts';
import { poll, pollDelay } from '../../src/core/rpc/poll.ts';
import { systemClock } from '../../src/core/sleep.ts';

/** A clock that moves only when something sleeps on it. */
function fakeClock(): Clock & { sleeps: number[] } {
  let now = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    random: () => 0,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      sleeps.push(Math.round(ms));
      now += ms;
    },
  };
}

describe('the pauses of a poll', () => {
  it('start at a second, grow, and stop growing at half a minute', () => {
    const delays = Array.from({ length: 20 }, (_, i) => pollDelay(i + 1, {}, () => 0));
    expect(delays[0]).toBe(1000);
    expect(delays[1]).toBe(1300);
    expect(delays.at(-1)).toBe(30_000);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(pollDelay(100_000, {}, () => 0)).toBe(30_000);
  });

  it('vary by at most a fifth', () => {
    expect(pollDelay(1, {}, () => 0.999999)).toBeGreaterThan(799);
    expect(pollDelay(50, { longest: 10 }, () => 0.5)).toBe(9000);
  });
});

const system = { clock: systemClock };

describe('poll', () => {
  it('looks until something is there', async () => {
    const clock = fakeClock();
    let looks = 0;
    const found = await poll(
      { clock },
      () => 'the thing',
      async () => (++looks === 4 ? 'here' : undefined),
    );
    expect(found).toBe('here');
    expect(clock.sleeps).toEqual([1000, 1300, 1690]);
  });

  it('gives up with TimeoutError at the deadline, after one last look', async () => {
    const clock = fakeClock();
    let looks = 0;
    const waiting = poll(
      { clock },
      () => `the thing after ${looks} looks`,
      async () => {
        looks++;
        return undefined;
      },
      { timeout: 3 },
    );
    await expect(waiting).rejects.toThrow(new TimeoutError('the thing after 4 looks: timed out after 3 s'));
    expect(clock.sleeps).toEqual([1000, 1300, 700]);
  });

  it('cuts off a look that hangs at the deadline', async () => {
    const hang = (signal: AbortSignal) =>
      new Promise<undefined>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    await expect(poll(system, () => 'a hanging thing', hang, { timeout: 0.02 })).rejects.toThrow(TimeoutError);
  });

  it('rejects with the reason of the signal, at once', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = poll(
      system,
      () => 'the thing',
      async () => {
        queueMicrotask(() => controller.abort(reason));
        return undefined;
      },
      { signal: controller.signal, schedule: { first: 3600 } },
    );
    await expect(waiting).rejects.toBe(reason);
  });

  it('rejects with what a check throws', async () => {
    const failure = new Error('no');
    await expect(
      poll(
        system,
        () => 'x',
        () => Promise.reject(failure),
      ),
    ).rejects.toBe(failure);
  });
});

describe('paginate', () => {
  const list = (token: string) => {
    const at = Number(token || 0);
    return Promise.resolve({ items: [at, at + 1], nextPageToken: at < 4 ? String(at + 2) : '', total: 6 });
  };

  it('goes through all pages', async () => {
    const pages = paginate(list);
    const seen: number[] = [];
    for await (const item of pages) seen.push(item);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    expect(pages).toMatchObject({ total: 6, capped: false, limit: Number.POSITIVE_INFINITY });
    expect(await pages.all()).toEqual(seen);
  });

  it('stops at the limit, asks for no page too many, and says that there was more', async () => {
    let asked = 0;
    const pages = paginate(
      (token) => {
        asked++;
        return list(token);
      },
      { limit: 3 },
    );
    expect(await pages.all()).toEqual([0, 1, 2]);
    expect(asked).toBe(2);
    expect(pages.capped).toBe(true);
    expect(pages.total).toBe(6);
  });

  it('is not capped when the limit is the length', async () => {
    const pages = paginate(list, { limit: 6 });
    await pages.all();
    expect(pages.capped).toBe(false);
  });

  it('refuses a token that comes a second time', async () => {
    const circle = paginate(async (token) => ({ items: [1], nextPageToken: token === 'a' ? 'b' : 'a' }));
    await expect(circle.all()).rejects.toThrow('returned the page token "a" twice');
  });

  it('gives up empty pages that never end, however fresh their tokens are', async () => {
    let asked = 0;
    const endless = paginate<number>(async () => ({ items: [], nextPageToken: `t${++asked}` }));
    await expect(endless.all()).rejects.toThrow('empty pages in a row');
    expect(asked).toBe(100);
  });

  it('takes many empty pages, as long as something comes now and then', async () => {
    const sparse = paginate(async (token) => {
      const page = Number(token);
      return { items: page % 90 === 89 ? [page] : [], nextPageToken: page < 400 ? `${page + 1}` : '' };
    });
    expect(await sparse.all()).toEqual([89, 179, 269, 359]);
  });
});
