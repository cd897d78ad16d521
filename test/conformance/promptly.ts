import type { KaggleClient } from 'kaggle-ts';

/**
 * `client` for cases that are not about waiting: the emulator is ready in a moment, so its pauses are short.
 */
export function promptly(client: KaggleClient): KaggleClient {
  const { clock } = client;
  return { ...client, clock: { ...clock, sleep: (ms, signal) => clock.sleep(Math.min(ms, 60), signal) } };
}

/** Options of `ready` for such cases. */
export const soon: { timeout: number } = { timeout: 120 };
