import type { KaggleClient } from '../../../core/client.ts';
import { startDeadline } from '../../../core/deadline.ts';
import { AuthenticationError, ConnectionError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/poll.ts';
import { sleep } from '../../../core/sleep.ts';
import { type Run, type RunRef, resolveRun } from '../run-ref.ts';
import { awaitRun } from '../watch/await-run.ts';
import { isTerminal, isWaiting } from '../watch/version.ts';
import type { LogEntry } from './log-entry.ts';
import { type StreamEnd, streamLog } from './log-stream.ts';
import { createReplayFilter } from './replay-filter.ts';
import { fetchStoredLog } from './stored-log.ts';

export interface LogsOptions {
  /** Follow the log while the kernel runs, until its end; default false: the stored log of a run that has ended. */
  follow?: boolean;
  signal?: AbortSignal;
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

async function* follow(client: KaggleClient, run: Run, signal: AbortSignal, clock: Clock): AsyncGenerator<LogEntry> {
  const filter = createReplayFilter();
  let losses = 0;
  for (;;) {
    // Before the run has started, the server may still stream the log of the one before it.
    const look = await awaitRun(client, run, ({ visible, status }) => visible && !isWaiting(status), { signal, clock });
    const ended = isTerminal(look.status);
    let outcome: StreamEnd | undefined;
    let news = false;
    if (look.latest) {
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
      news ||= clock.now() - opened >= healthy * 1000;
    }
    if (outcome?.end === 'log') return;
    if (ended) {
      filter.restart();
      for (const entry of await fetchStoredLog(client, run, { signal })) {
        const fresh = filter.take(entry);
        if (fresh) yield fresh;
      }
      return;
    }
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

/**
 * The log of a run as `{ stream, time, data }`: `stream` is `stdout` or `stderr`, `time` is in seconds since the start,
 * `data` mostly a line with its line end. With `follow` the pieces come while the kernel runs, each once, through lost
 * connections, until the log ends; without, they are those of the stored log. Never those of an older version: the live
 * log is opened when the version that is meant is current and has started.
 *
 * Throws `ConnectionError` when the live log is lost again and again without news, `KaggleError` for a run that was
 * superseded or (without `follow`) has not ended, and the signal's own reason on abort. How the kernel ended is told by
 * `wait`, not by the log.
 */
export async function* logs(client: KaggleClient, run: RunRef, options: LogsOptions = {}): AsyncGenerator<LogEntry> {
  const { clock = { now: Date.now, sleep, random: Math.random } } = options;
  const bound = startDeadline('logs', 0, [client.signal, options.signal]);
  try {
    bound.signal.throwIfAborted();
    const resolved = await resolveRun(client, run);
    if (options.follow) yield* follow(client, resolved, bound.signal, clock);
    else yield* await fetchStoredLog(client, resolved, { signal: bound.signal });
  } finally {
    bound.stop();
  }
}
