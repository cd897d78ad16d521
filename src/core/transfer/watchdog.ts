import { TimeoutError } from '../errors.ts';

/** A signal that follows others, and aborts by itself if nothing happens for a while. */
export interface Watchdog {
  readonly signal: AbortSignal;
  /** Whether the watchdog aborted, not a caller. */
  readonly stalled: boolean;
  /** Reports progress: the time starts again. */
  touch(): void;
  /** Stops watching, and no longer follows the other signals. */
  release(): void;
}

/** Starts a watchdog that allows `seconds` without a `touch`; 0 only follows the signals. */
export function startWatchdog(seconds: number, signals: readonly (AbortSignal | undefined)[]): Watchdog {
  const controller = new AbortController();
  const follow = new Map<AbortSignal, () => void>();
  // A monotonic clock.
  let last = performance.now();
  let stalled = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function release(): void {
    clearTimeout(timer);
    for (const [signal, abort] of follow) signal.removeEventListener('abort', abort);
    follow.clear();
  }
  // One timer that checks again, instead of a new timer for each chunk.
  function watch(ms: number): void {
    timer = setTimeout(
      () => {
        const remaining = last + seconds * 1000 - performance.now();
        if (remaining > 0) return watch(remaining);
        stalled = true;
        controller.abort(new TimeoutError(`no data was transferred for ${seconds} s`));
      },
      Math.min(ms, 2 ** 31 - 1),
    );
  }
  for (const signal of signals) {
    if (!signal) continue;
    const abort = () => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else {
      signal.addEventListener('abort', abort, { once: true });
      follow.set(signal, abort);
    }
  }
  if (seconds > 0 && !controller.signal.aborted) watch(seconds * 1000);
  return {
    signal: controller.signal,
    get stalled() {
      return stalled;
    },
    touch() {
      last = performance.now();
    },
    release,
  };
}
