/** Longest pause in milliseconds: a server that is back is noticed within this time. */
const longest = 30_000;

/**
 * Resolves when it is time to try again: after 2, 4, 8 ... 30 seconds; at once when the network is back; not
 * before the browser is online. Rejects with the reason of `signal` if it is aborted.
 */
export function retryTime(attempt: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const offline = !navigator.onLine;
    const timer = offline ? undefined : setTimeout(end, Math.min(longest, 1000 * 2 ** attempt));
    function end(): void {
      if (!navigator.onLine && !signal.aborted) return;
      clearTimeout(timer);
      removeEventListener('online', end);
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    }
    addEventListener('online', end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
