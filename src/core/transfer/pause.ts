import type { Clock } from '../platform.ts';
import { maxRetryAfterMs, retryDelay } from '../rpc/retry.ts';

/**
 * Waits before another attempt: as long as the server asked for, but at most two minutes; otherwise for a time that doubles with each
 * attempt.
 */
export async function pauseFor(
  { clock }: { readonly clock: Clock },
  pause: { attempt: number; retryAfterMs?: number },
  signal: AbortSignal,
): Promise<void> {
  const asked = pause.retryAfterMs === undefined ? undefined : Math.min(pause.retryAfterMs, maxRetryAfterMs);
  await clock.sleep(retryDelay(pause.attempt, asked, clock.random) ?? maxRetryAfterMs, signal);
}
