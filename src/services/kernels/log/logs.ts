import { endedByReturn } from '../../../core/abortable.ts';
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
import { isTerminal, isWaiting, type KernelStatus } from '../watch/status.ts';
import type { LogEntry } from './entry.ts';
import { type FollowAction, type FollowEvent, type FollowStep, startReading, transition } from './follow.ts';
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

/** How a log is read. */
export interface Reading {
  readonly client: KaggleClient;
  readonly run: ResolvedRun;
  readonly signal: AbortSignal;
  /** Resolves to the first status that `accept` takes. */
  awaitStatus(accept: (found: KernelStatus) => boolean): Promise<KernelStatus>;
  /** Opens the live log. */
  connect(): AsyncIterable<FollowEvent>;
  /** Reads the stored log; see `storedEvents`. */
  readStored(): AsyncIterable<FollowEvent>;
}

async function* watch(reading: Reading, pauseMs: number, until: 'started' | 'ended'): AsyncGenerator<FollowEvent> {
  const { client, signal, awaitStatus } = reading;
  if (pauseMs > 0) await client.clock.sleep(pauseMs, signal);
  const { status } = await awaitStatus(({ status }) => (until === 'started' ? !isWaiting(status) : isTerminal(status)));
  yield { type: 'status', ended: isTerminal(status) };
}

/** The events of a stored log. */
export function* storedEvents(entries: readonly LogEntry[]): Generator<FollowEvent> {
  for (const entry of entries) yield { type: 'entry', entry };
  yield { type: entries.length > 0 ? 'complete' : 'missing' };
}

async function* readStored(client: KaggleClient, run: ResolvedRun, signal: AbortSignal): AsyncGenerator<FollowEvent> {
  yield* storedEvents(await fetchStoredLog(client, run, { signal }));
}

/** Performs an action, and yields events; the last one tells how it ended. */
function carryOut(action: FollowAction, reading: Reading): AsyncIterable<FollowEvent> {
  if (action.type === 'fail')
    throw new ConnectionError(`${reading.run.ref}: ${action.message}`, { cause: action.cause });
  if (action.type === 'watch') return watch(reading, action.pauseMs, action.until);
  return action.type === 'readStored' ? reading.readStored() : reading.connect();
}

/** Yields the entries of a log, each once, without the marker line. */
export async function* readEntries(
  reading: Reading,
  first: FollowStep,
  marker: MarkerFilter,
): AsyncGenerator<LogEntry> {
  let step = first;
  while (step.action.type !== 'stop') {
    for await (const event of carryOut(step.action, reading)) {
      step = transition(step.state, event);
      const shown = step.action.type === 'show' && marker.take(step.action.entry);
      if (shown) yield shown;
    }
  }
  const last = marker.rest();
  if (last) yield last;
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
  let seen = false;
  const reading: Reading = {
    client,
    run,
    signal,
    async awaitStatus(accept) {
      const found = await awaitRun(client, run, accept, { ...options, signal, seen });
      seen = true;
      return found;
    },
    connect: () => readLive(client, run, signal),
    readStored: () => readStored(client, run, signal),
  };
  yield* readEntries(reading, startReading(follow), marker);
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
  return endedByReturn((closed) => readChecked(client, run, options, closed));
}
