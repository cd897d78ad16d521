import { setImmediate } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';

/** Stops the timers of this process until the test ends. The returned function lets minutes pass until something has happened. */
export function stopTime(): (until: () => boolean) => Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  return async (until) => {
    for (let turn = 1; !until(); turn++) {
      await setImmediate();
      // A few turns of the event loop, so that whatever needs no time is done before.
      if (turn % 10 === 0) vi.advanceTimersByTime(60_000);
    }
  };
}
