import { abortable } from '../../../core/abortable.ts';
import type { StateStore } from '../../../core/platform.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { pollDelay } from '../../../core/rpc/poll.ts';
import { storeError } from './record.ts';

/** Work in progress by name, of a store or a client. */
const queues = new WeakMap<object, Map<string, Promise<unknown>>>();

/** Runs `work` after all earlier work of the same name in this process. */
async function inTurn<T>(owner: object, name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(owner) ?? new Map<string, Promise<unknown>>();
  queues.set(owner, queue);
  const earlier = queue.get(name);
  const own = (async () => {
    await earlier?.catch(() => undefined);
    signal.throwIfAborted();
    return work();
  })();
  queue.set(name, own);
  own
    .catch(() => undefined)
    .finally(() => {
      if (queue.get(name) === own) queue.delete(name);
    });
  return abortable(own, signal);
}

/** Whether the store keeps values at all: that of a platform without a home folder does not. */
async function keeps(state: StateStore, name: string): Promise<boolean> {
  const probe = `${name}:probe`;
  await state.set(probe, true);
  const kept = (await state.get(probe)) === true;
  await state.delete(probe);
  return kept;
}

/** Pauses in seconds between two attempts to lock. */
const schedule = { first: 0.5, longest: 10 };

/**
 * Runs `work` while no other process runs it, if the state store can lock, and no other caller in this process. Waits as long as another
 * one has the lock.
 */
export function exclusively<T>(
  client: KaggleClient,
  { name, key }: { readonly name: string; readonly key: string },
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const { state } = client.platform;
  const failed = (error: unknown): never => {
    throw storeError(key, error);
  };
  return inTurn(state ?? client, name, signal, async () => {
    if (!state?.claim) return work();
    for (let attempt = 1; ; attempt++) {
      const release = await state.claim(name).catch(failed);
      if (release || (attempt === 1 && !(await keeps(state, name).catch(failed)))) {
        try {
          return await work();
        } finally {
          // The next process takes over a lock that cannot be removed.
          await release?.().catch(() => undefined);
        }
      }
      if (attempt === 1) client.log(`${name}: waiting for another process that starts the same job`);
      await client.clock.sleep(pollDelay(attempt, schedule, client.clock.random), signal);
    }
  });
}
