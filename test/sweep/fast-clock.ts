import type { Clock } from '../../src/core/platform.ts';
import { sleep } from '../../src/core/sleep.ts';

/** A clock that several processes share, `speed` times as fast as the real one since `began`. */
export function fastClock(began: number, speed: number): Clock {
  return {
    now: () => began + (Date.now() - began) * speed,
    sleep: (ms, signal) => sleep(ms / speed, signal),
    random: () => Math.random(),
  };
}
