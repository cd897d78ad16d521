import type { Clock } from '../src/core/platform.ts';

/** `client`, as it would be on a platform with another clock. */
export function withClock<Client extends { readonly clock: Clock }>(client: Client, clock: Partial<Clock>): Client {
  return { ...client, clock: { ...client.clock, ...clock } };
}

/** Waits that take no time. */
export const noWait = { sleep: async (_ms: number, signal?: AbortSignal): Promise<void> => signal?.throwIfAborted() };
