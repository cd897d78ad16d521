import type { KaggleClient } from '../../../core/rpc/client.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { type RunRef, resolveRun } from '../run-ref.ts';
import { type LogEntry, tail } from './entry.ts';
import { readLog } from './logs.ts';
import { createMarkerFilter, withoutMarker } from './marker.ts';
import { noReplay, type Replay, restart, takeNew } from './replay.ts';
import { fetchStoredLog, tailLines } from './stored.ts';

/** The log of a run, collected while something else waits for the end of the run. */
export interface CollectedLog {
  readonly entries: LogEntry[];
  /** The last lines, or `undefined` if there are none. */
  tail(): string | undefined;
  /** After the end of the run: waits for the rest of the live log, or reads it from the stored log. */
  finish(): Promise<void>;
  /** The session ID, if it is in the log. */
  sessionId(): string | undefined;
  /** Closes the live log. */
  stop(): void;
}

export interface CollectOptions {
  onLog?: ((entry: LogEntry) => void) | undefined;
  signal?: AbortSignal | undefined;
  startTimeout?: number | undefined;
}

/** Seconds to wait for the end of the live log after the end of the run. */
const grace = 10;

/** Starts following the log of a run. `finish` throws what `onLog` throws; an unavailable log is not an error. */
export function collectLog(client: KaggleClient, run: RunRef, options: CollectOptions): CollectedLog {
  const { onLog, signal } = options;
  const marker = createMarkerFilter();
  const controller = new AbortController();
  const bound = joinSignals(signal, controller.signal);
  const entries: LogEntry[] = [];
  let thrown: { error: unknown } | undefined;

  function take(entry: LogEntry): void {
    entries.push(entry);
    try {
      onLog?.(entry);
    } catch (error) {
      thrown = { error };
      throw error;
    }
  }

  /** Resolves to whether the live log was read to its end. */
  async function follow(): Promise<boolean> {
    try {
      // `wait` prints the same warnings.
      const quiet = { ...options, follow: true, signal: bound, onWarning: () => {} };
      for await (const entry of readLog(client, run, quiet, marker)) take(entry);
      return true;
    } catch {
      return false;
    }
  }

  /** Adds the entries of the stored log that the live one lacks. */
  async function complete(): Promise<void> {
    const stored = withoutMarker(await fetchStoredLog(client, await resolveRun(client, run, { signal }), { signal }));
    let replay = restart(entries.reduce<Replay>(takeNew, noReplay));
    for (const entry of stored) {
      const next = takeNew(replay, entry);
      replay = next;
      if (next.fresh) take(next.fresh);
    }
  }

  const live = follow();
  return {
    entries,
    tail: () => tail(entries, tailLines) || undefined,
    async finish() {
      const timedOut = client.clock.sleep(grace * 1000, bound).then(
        () => false,
        () => false,
      );
      const whole = await Promise.race([live, timedOut]);
      controller.abort();
      signal?.throwIfAborted();
      if (!whole && !thrown) {
        await live;
        // A completed job does not fail because its log is unavailable.
        await complete().catch(() => signal?.throwIfAborted());
      }
      if (thrown) throw thrown.error;
    },
    sessionId: () => marker.sessionId,
    stop: () => controller.abort(),
  };
}
