import { ConnectionError } from '../../../core/errors.ts';
import { checkCall } from '../../../core/options/check.ts';
import { callback, flag, seconds, signal as signalField } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import type { OnWarning } from '../../../core/warn.ts';
import { type ResolvedRun, type RunRef, resolveRun, runField } from '../run-ref.ts';
import { awaitRun } from '../watch/await-run.ts';
import { requireEnded } from '../watch/require-ended.ts';
import { isTerminal, isWaiting } from '../watch/status.ts';
import type { LogEntry } from './entry.ts';
import { type FollowAction, type FollowEvent, startReading, transition } from './follow.ts';
import { readLive } from './live.ts';
import { createMarkerFilter, type MarkerFilter } from './marker.ts';
import { fetchStoredLog } from './stored.ts';

/** Options of `logs`. */
export interface LogsOptions {
  /**
   * Follows the log while the kernel runs, until its end.
   * @default false
   */
  follow?: boolean | undefined;
  /** Ends the iteration with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * Seconds from the push until the run must exist, with `follow`, else `TimeoutError`.
   * @default 900
   */
  startTimeout?: number | undefined;
  /**
   * Receives warnings, for example that the status is temporarily unavailable.
   * @default the log of the platform (standard error, or the console)
   */
  onWarning?: OnWarning | undefined;
}

const logsFields = (): Fields<LogsOptions> => ({
  follow: flag(),
  signal: signalField(),
  startTimeout: seconds(),
  onWarning: callback(),
});

/** What reading a log needs. */
interface Reading {
  readonly client: KaggleClient;
  readonly run: ResolvedRun;
  readonly signal: AbortSignal;
  readonly options: LogsOptions;
}

async function* watch({ client, run, signal, options }: Reading, pauseMs: number): AsyncGenerator<FollowEvent> {
  if (pauseMs > 0) await client.clock.sleep(pauseMs, signal);
  const { status } = await awaitRun(client, run, (found) => !isWaiting(found.status), { ...options, signal });
  yield { type: 'status', ended: isTerminal(status) };
}

async function* readStored({ client, run, signal }: Reading): AsyncGenerator<FollowEvent> {
  const entries = await fetchStoredLog(client, run, { signal });
  for (const entry of entries) yield { type: 'entry', entry };
  yield { type: entries.length > 0 ? 'complete' : 'missing' };
}

/** Performs an action, and yields events; the last one tells how it ended. */
function carryOut(action: FollowAction, reading: Reading): AsyncIterable<FollowEvent> {
  const { client, run, signal } = reading;
  if (action.type === 'fail') throw new ConnectionError(`${run.ref}: ${action.message}`, { cause: action.cause });
  if (action.type === 'watch') return watch(reading, action.pauseMs);
  return action.type === 'readStored' ? readStored(reading) : readLive(client, run, signal);
}

/** Like `logs`, with the filter that removes the marker line. */
export async function* readLog(
  client: KaggleClient,
  ref: RunRef,
  options: LogsOptions,
  marker: MarkerFilter,
): AsyncGenerator<LogEntry> {
  const { follow = false } = options;
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  const run = await resolveRun(client, ref, { signal });
  if (!follow) await requireEnded(client, run, { signal });
  let step = startReading(follow);
  while (step.action.type !== 'stop') {
    for await (const event of carryOut(step.action, { client, run, signal, options })) {
      step = transition(step.state, event);
      const shown = step.action.type === 'show' && marker.take(step.action.entry);
      if (shown) yield shown;
    }
  }
  const last = marker.rest();
  if (last) yield last;
}

async function* readChecked(
  client: KaggleClient,
  run: RunRef,
  options: LogsOptions,
  closed: AbortSignal,
): AsyncGenerator<LogEntry> {
  checkCall('kernels.logs', client, { run, options }, { run: runField, options: logsFields });
  const signal = joinSignals(options.signal, closed);
  yield* readLog(client, run, { ...options, signal }, createMarkerFilter());
}

/**
 * Reads the log of a run. Without `follow` this is the stored log of a run that has ended. With `follow` the entries arrive
 * while the kernel runs, each once, across reconnects, until the log ends.
 *
 * @param run - The run; see `RunRef`. Entries of other versions are never returned.
 * @returns An async generator of log entries.
 * @throws `KaggleError` without `follow` if the run has not ended.
 * @throws `ConnectionError` if the live log is lost six times in a row without new entries.
 * @throws `TimeoutError` if no run has started within `startTimeout` seconds.
 * @throws The reason of `signal` if it is aborted. A failed run is not an error here; see `wait`.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { logs } from 'kaggle-ts/kernels';
 *
 * for await (const { time, data } of logs(createClient(), 'alice/my-training', { follow: true })) {
 *   console.log(time.toFixed(1), data.trimEnd());
 * }
 * ```
 */
export function logs(client: KaggleClient, run: RunRef, options: LogsOptions = {}): AsyncGenerator<LogEntry> {
  const closed = new AbortController();
  const entries = readChecked(client, run, options, closed.signal);
  // `return` of a generator waits for a pending `next`, which may wait as long as the kernel prints nothing.
  const finish = entries.return.bind(entries);
  entries.return = (value) => {
    closed.abort();
    return finish(value);
  };
  return entries;
}
