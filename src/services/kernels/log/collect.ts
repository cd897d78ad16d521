import type { KaggleClient } from '../../../core/rpc/client.ts';
import type { Clock } from '../../../core/rpc/poll.ts';
import { sleep } from '../../../core/sleep.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { type RunRef, resolveRun } from '../run-ref.ts';
import type { OnWarning } from '../warn.ts';
import { type LogEntry, tail } from './entry.ts';
import { readLog } from './logs.ts';
import { createMarkerFilter, withoutMarker } from './marker.ts';
import { createReplayFilter } from './replay.ts';
import { fetchStoredLog, tailLines } from './stored.ts';

/** The log of a run that is collected while something else waits for its end. */
export interface RunLog {
  readonly entries: LogEntry[];
  /** The last lines, or `undefined` if there are none. */
  tail(): string | undefined;
  /** The run has ended: waits for the rest of the live log, or takes it from the stored one. */
  finish(): Promise<void>;
  /** The id of the session, if the log has told it. */
  sessionId(): string | undefined;
  /** Closes the live log. */
  stop(): void;
}

export interface RunLogOptions {
  onLog?: (entry: LogEntry) => void;
  signal?: AbortSignal;
  startTimeout?: number;
  onWarning?: OnWarning;
  clock?: Clock;
}

/** Seconds that the live log has to come to its end after the run has. */
const grace = 10;

/** Starts to follow the log of a run. What `onLog` throws comes out of `finish`; what goes wrong with the log does not. */
export function startRunLog(client: KaggleClient, run: RunRef, options: RunLogOptions): RunLog {
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

  async function follow(): Promise<boolean> {
    try {
      // What is unusual is told by whoever waits for the run.
      const quiet = { ...options, follow: true, signal: bound, onWarning: () => {} };
      for await (const entry of readLog(client, run, quiet, marker)) take(entry);
      return true;
    } catch {
      return false;
    }
  }

  /** Hands on what the stored log has beyond that which the live one brought. */
  async function complete(): Promise<void> {
    const stored = withoutMarker(await fetchStoredLog(client, await resolveRun(client, run), { signal }));
    const filter = createReplayFilter();
    for (const entry of entries) filter.take(entry);
    filter.restart();
    for (const entry of stored) {
      const fresh = filter.take(entry);
      if (fresh) take(fresh);
    }
  }

  const live = follow();
  return {
    entries,
    tail: () => tail(entries, tailLines) || undefined,
    async finish() {
      const patience = sleep(grace * 1000, bound).then(
        () => false,
        () => false,
      );
      const whole = await Promise.race([live, patience]);
      controller.abort();
      signal?.throwIfAborted();
      if (!whole && !thrown) {
        await live;
        // A job that has completed does not fail because its log cannot be had.
        await complete().catch(() => signal?.throwIfAborted());
      }
      if (thrown) throw thrown.error;
    },
    sessionId: () => marker.sessionId,
    stop: () => controller.abort(),
  };
}
