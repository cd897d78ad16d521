/**
 * Runs `worker` on `items`, at most `concurrency` at a time, and returns the results in the order of the items. The first failure
 * aborts the signal of the running workers, starts no new ones, and rejects the pool after all have ended. An abort of `signal`
 * rejects with its reason.
 */
export async function pool<T, R>(
  items: readonly T[],
  concurrency: number,
  worker: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const follow = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', follow, { once: true });
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = false;
  let failure: unknown;

  async function lane(): Promise<void> {
    while (next < items.length && !controller.signal.aborted) {
      const index = next++;
      try {
        results[index] = await worker(items[index] as T, index, controller.signal);
      } catch (error) {
        if (!failed) {
          failed = true;
          failure = error;
          controller.abort(error);
        }
      }
    }
  }

  const lanes = Math.max(1, Math.min(Math.floor(concurrency) || 1, items.length));
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    signal?.removeEventListener('abort', follow);
  }
  signal?.throwIfAborted();
  if (failed) throw failure;
  return results;
}
