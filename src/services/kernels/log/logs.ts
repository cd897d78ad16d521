import { AuthenticationError, ConnectionError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { startDeadline } from '../../../core/rpc/deadline.ts';
import { type Clock, systemClock } from '../../../core/rpc/poll.ts';
import { type ResolvedRun, type RunRef, resolveRun } from '../run-ref.ts';
import type { OnWarning } from '../warn.ts';
import { awaitRun } from '../watch/await-run.ts';
import { requireEnded } from '../watch/require-ended.ts';
import { isTerminal, isWaiting, type KernelStatus } from '../watch/status.ts';
import type { LogEntry } from './entry.ts';
import { type StreamEnd, streamLog } from './live.ts';
import { createMarkerFilter, type MarkerFilter } from './marker.ts';
import { createReplayFilter } from './replay.ts';
import { fetchStoredLog } from './stored.ts';

export interface LogsOptions {
  /** Follow the log while the kernel runs, until its end; default false: the stored log of a run that has ended. */
  follow?: boolean;
  signal?: AbortSignal;
  /** Seconds that Kaggle may take from the push to the run, with `follow`. @default 900 */
  startTimeout?: number;
  /** Called with what is unusual. @default the platform's log (stderr, the console) */
  onWarning?: OnWarning;
  /** A clock of one's own, for tests. */
  clock?: Clock;
}

/** How many connections in a row may bring nothing new before the log is given up. */
const maxLosses = 6;
/** A connection that lasted this long (seconds) was a good one, even if the kernel had nothing to say. */
const healthy = 30;

/** Pause before connection number `losses` + 1 after that many without news, in milliseconds: 1 s, growing to 15. */
function reconnectDelay(losses: number): number {
  return Math.min(15_000, 1000 * 1.7 ** (losses - 1));
}

async function* follow(
  client: KaggleClient,
  run: ResolvedRun,
  signal: AbortSignal,
  clock: Clock,
  options: LogsOptions,
): AsyncGenerator<LogEntry> {
  const filter = createReplayFilter();
  let losses = 0;
  for (;;) {
    // The log has no address before a machine has been allocated to the run.
    const accept = ({ status }: KernelStatus) => !isWaiting(status);
    const ended = isTerminal((await awaitRun(client, run, accept, { ...options, signal, clock })).status);
    const stored = ended ? await fetchStoredLog(client, run, { signal }) : [];
    if (stored.length > 0) {
      filter.restart();
      for (const entry of stored) {
        const fresh = filter.take(entry);
        if (fresh) yield fresh;
      }
      return;
    }
    // Of a run that has ended the live log may be there before the stored one is.
    let outcome: StreamEnd | undefined;
    let news = false;
    const opened = clock.now();
    filter.restart();
    const events = streamLog(client, run, signal);
    try {
      for (;;) {
        const next = await events.next();
        if (next.done) {
          outcome = next.value;
          break;
        }
        const entry = filter.take(next.value);
        if (!entry) continue;
        news = true;
        yield entry;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AuthenticationError) throw error;
      outcome = { end: 'dropped', error: error as Error };
    } finally {
      await events.return({ end: 'snapshot' });
    }
    if (ended || outcome?.end === 'log') return;
    news ||= clock.now() - opened >= healthy * 1000;
    losses = news || outcome?.end !== 'dropped' ? 1 : losses + 1;
    if (losses >= maxLosses && outcome?.end === 'dropped') {
      throw new ConnectionError(
        `${run.ref}: the log was lost ${losses} times in a row without news (${outcome.error.message})`,
        { cause: outcome.error },
      );
    }
    await clock.sleep(reconnectDelay(losses), signal);
  }
}

/** As `logs`, with the filter that takes the marker line out. */
export async function* readLog(
  client: KaggleClient,
  run: RunRef,
  options: LogsOptions,
  marker: MarkerFilter,
): AsyncGenerator<LogEntry> {
  const { clock = systemClock } = options;
  const bound = startDeadline('logs', 0, [client.signal, options.signal]);
  try {
    bound.signal.throwIfAborted();
    const resolved = await resolveRun(client, run);
    if (!options.follow) {
      await requireEnded(client, resolved, { signal: bound.signal });
      for (const entry of await fetchStoredLog(client, resolved, { signal: bound.signal })) {
        const shown = marker.take(entry);
        if (shown) yield shown;
      }
    } else {
      for await (const entry of follow(client, resolved, bound.signal, clock, options)) {
        const shown = marker.take(entry);
        if (shown) yield shown;
      }
    }
    const last = marker.rest();
    if (last) yield last;
  } finally {
    bound.stop();
  }
}

/**
 * The log of a run as `{ stream, time, data }`: `stream` is `stdout` or `stderr`, `time` is in seconds since the start,
 * `data` mostly a line with its line end. With `follow` the pieces come while the kernel runs, each once, through lost
 * connections, until the log ends; without, they are those of the stored log. Never those of another version.
 *
 * @throws `ConnectionError` when the live log is lost again and again without news; `TimeoutError` when no run has started
 * within `startTimeout` seconds; `KaggleError` (without `follow`) for a run that has not ended; the signal's own reason on
 * abort. How the kernel ended is told by `wait`, not by the log.
 */
export function logs(client: KaggleClient, run: RunRef, options: LogsOptions = {}): AsyncGenerator<LogEntry> {
  return readLog(client, run, options, createMarkerFilter());
}
