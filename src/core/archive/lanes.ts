import { createBudget } from '../transfer/budget.ts';

/** Runs jobs beside each other, as many as there is room for. */
export interface Lanes {
  /** Waits until there is room for a job of that many bytes, and starts it. Throws what an earlier job failed with. */
  start(bytes: number, job: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Waits for all jobs. Throws what the first of them failed with. */
  finish(): Promise<void>;
  /** Tells the jobs to stop and waits until they have. */
  stop(reason: unknown): Promise<void>;
}

/** At most `count` jobs at once, which together hold at most `room` bytes; a single one may hold more. */
export function createLanes(count: number, room: number, signal: AbortSignal): Lanes {
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  const slots = createBudget(count);
  const memory = createBudget(room);
  const running = new Set<Promise<void>>();

  async function drain(): Promise<void> {
    await Promise.all(running);
    signal.removeEventListener('abort', follow);
  }

  return {
    async start(bytes, job) {
      // What one job failed with is the reason that the others are stopped for.
      const leave = await slots.take(1, controller.signal);
      const giveBack = await memory.take(bytes, controller.signal).catch((error: unknown) => {
        leave();
        throw error;
      });
      const run: Promise<void> = job(controller.signal)
        .catch((error: unknown) => controller.abort(error))
        .finally(() => {
          giveBack();
          leave();
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
