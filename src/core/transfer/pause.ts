import { maxRetryAfterMs, retryDelay } from '../rpc/retry.ts';
import { sleep } from '../sleep.ts';

/** What waits between two attempts: a timer, unless a caller brings a clock of its own. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/**
 * Waits before another attempt: as long as the server asked for, but no more than two minutes; else for a time that
 * doubles with each attempt.
 */
export async function pauseFor(
  pause: { attempt: number; retryAfterMs?: number },
  signal: AbortSignal,
  wait: Sleep = sleep,
): Promise<void> {
  const asked = pause.retryAfterMs === undefined ? undefined : Math.min(pause.retryAfterMs, maxRetryAfterMs);
  await wait(retryDelay(pause.attempt, asked) ?? maxRetryAfterMs, signal);
}
