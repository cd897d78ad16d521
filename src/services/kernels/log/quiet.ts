import type { Clock } from '../../../core/platform.ts';

/** A signal that aborts when nothing is heard for a while. */
export interface QuietTimer {
  readonly signal: AbortSignal;
  start(): void;
  /** Something was heard. While `busy`, the reader handles it, and silence does not count. */
  heard(busy: boolean): void;
  /** Stops the timer. */
  release(): void;
}

/** Factor for the first line, as the server may have to look for the log. */
const patience = 5;

/** Creates a timer that aborts after `seconds` of silence, at most twice as long. Without `seconds` it never does. */
export function createQuietTimer(clock: Clock, seconds: number | undefined): QuietTimer {
  const quiet = new AbortController();
  const released = new AbortController();
  let heard = false;
  let busy = false;

  async function listen(ms: number): Promise<void> {
    await clock.sleep(patience * ms, released.signal);
    while (heard || busy) {
      heard = false;
      await clock.sleep(ms, released.signal);
    }
    quiet.abort(new Error('the log is quiet'));
  }

  return {
    signal: quiet.signal,
    start() {
      if (seconds !== undefined) listen(seconds * 1000).catch(() => undefined);
    },
    heard(now) {
      heard = true;
      busy = now;
    },
    release: () => released.abort(),
  };
}
