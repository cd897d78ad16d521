import { causeOf } from './causes.ts';
import { retryTime } from './retry-time.ts';

/** Options of `throughOutages`. */
interface OutageOptions {
  signal: AbortSignal;
  /** The connection is gone; after this, `work` is called again when it is time. */
  onWaiting(error: unknown, attempt: number): void;
  /**
   * Aborts `work` when the browser goes offline: it continues at once when the network is back, as the pauses of kaggle-ts would be
   * longer than needed. For work that can resume. @default true
   */
  stopOffline?: boolean;
}

/**
 * Calls `work` until it succeeds, or fails for another reason than the network. Waits for the network as long as it takes. Rejects
 * with the reason of `signal` if it is aborted.
 */
export async function throughOutages<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { signal, onWaiting, stopOffline = true }: OutageOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const offline = new AbortController();
    const stop = () => offline.abort(new Error('the browser is offline'));
    if (stopOffline) addEventListener('offline', stop, { once: true });
    try {
      const both = AbortSignal.any([signal, offline.signal]);
      if (stopOffline && !navigator.onLine) stop();
      both.throwIfAborted();
      return await work(both);
    } catch (error) {
      signal.throwIfAborted();
      if (!offline.signal.aborted && causeOf(error) !== 'network') throw error;
      onWaiting(error, attempt);
      await retryTime(attempt, signal);
    } finally {
      removeEventListener('offline', stop);
    }
  }
}
