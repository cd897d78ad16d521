import { createBudget } from '../transfer/budget.ts';

/** Entries that are unpacked at a time: as many as the thread pool of Node has threads. */
export const maxEntriesAtOnce = 4;

/** Bytes, packed and unpacked, that entries being unpacked may hold together. */
export const maxBytesAtOnce: number = 24 * 2 ** 20;

/** Runs jobs concurrently, within limits of number and memory. */
export interface Lanes {
  /** Waits until a job of that many bytes fits, and starts it. Throws the error of an earlier job that failed. */
  start(bytes: number, job: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Waits for all jobs. Throws the error of the first one that failed. */
  finish(): Promise<void>;
  /** Aborts the jobs and waits until they have ended. */
  stop(reason: unknown): Promise<void>;
}

/** At most `count` jobs at a time, which together hold at most `maxBytes`; a single job may hold more. */
export function createLanes(count: number, maxBytes: number, signal: AbortSignal): Lanes {
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  const slots = createBudget(count);
  const memory = createBudget(maxBytes);
  const running = new Set<Promise<void>>();

  async function drain(): Promise<void> {
    await Promise.all(running);
    signal.removeEventListener('abort', follow);
  }

  return {
    async start(bytes, job) {
      // The failure of one job is the reason for stopping the others.
      const freeSlot = await slots.take(1, controller.signal);
      const freeMemory = await memory.take(bytes, controller.signal).catch((error: unknown) => {
        freeSlot();
        throw error;
      });
      const run: Promise<void> = job(controller.signal)
        .catch((error: unknown) => controller.abort(error))
        .finally(() => {
          freeMemory();
          freeSlot();
          running.delete(run);
        });
      running.add(run);
    },
    async finish() {
      await drain();
      controller.signal.throwIfAborted();
    },
    async stop(reason) {
      controller.abort(reason);
      await drain();
    },
  };
}
