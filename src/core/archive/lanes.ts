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
  const running = new Set<Promise<void>>();
  let held = 0;
  let failure: { error: unknown } | undefined;

  function check(): void {
    if (failure) throw failure.error;
    signal.throwIfAborted();
  }
  async function drain(): Promise<void> {
    while (running.size > 0) await Promise.race(running);
    signal.removeEventListener('abort', follow);
  }

  return {
    async start(bytes, job) {
      check();
      while (running.size >= count || (running.size > 0 && held + bytes > room)) {
        await Promise.race(running);
        check();
      }
      held += bytes;
      const run: Promise<void> = job(controller.signal)
        .catch((error: unknown) => {
          failure ??= { error };
          controller.abort(error);
        })
        .finally(() => {
          held -= bytes;
          running.delete(run);
        });
      running.add(run);
    },
    async finish() {
      await drain();
      check();
    },
    async stop(reason) {
      controller.abort(reason);
      await drain();
    },
  };
}
