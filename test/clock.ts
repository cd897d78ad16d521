import type { Clock } from '../src/core/platform.ts';

/** `client`, as it would be on a platform with another clock. */
export function withClock<Client extends { readonly clock: Clock }>(client: Client, clock: Partial<Clock>): Client {
  return { ...client, clock: { ...client.clock, ...clock } };
}

/** Waits that take no time. */
export const noWait = { sleep: async (_ms: number, signal?: AbortSignal): Promise<void> => signal?.throwIfAborted() };

/** A clock for several waits at once: when nothing else happens, its time moves to the end of the shortest one. */
export function timeline(): Clock {
  let now = 0;
  let idle = 0;
  let moving = false;
  const waits = new Set<{ at: number; end: () => void }>();

  function move(): void {
    // A few turns of the event loop, so that whatever was woken up has sent its requests and read the responses.
    if (idle++ < 4) return void setImmediate(move);
    idle = 0;
    const next = [...waits].sort((a, b) => a.at - b.at)[0];
    moving = next !== undefined;
    if (!next) return;
    now = Math.max(now, next.at);
    waits.delete(next);
    next.end();
    setImmediate(move);
  }

  return {
    now: () => now,
    random: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          waits.delete(wait);
          reject(signal?.reason);
        };
        const end = () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        };
        const wait = { at: now + ms, end };
        waits.add(wait);
        signal?.addEventListener('abort', stop, { once: true });
        if (moving) return;
        moving = true;
        setImmediate(move);
      }),
  };
}
