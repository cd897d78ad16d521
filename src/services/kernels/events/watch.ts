import { endedByReturn } from '../../../core/abortable.ts';
import { checkCall } from '../../../core/options/check.ts';
import { callback, list, oneOf, positive, seconds, signal as signalField } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { defaultRate, paced } from '../../../core/rpc/paced.ts';
import { type PollSchedule, schedule } from '../../../core/rpc/poll.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import type { OnWarning } from '../../../core/warn.ts';
import type { LogEntry } from '../log/entry.ts';
import { parseRun, type RunRef, resolveRun, runField } from '../run-ref.ts';
import { createChannel } from './channel.ts';
import { followJob, type Watching } from './follow-job.ts';
import { createSlots } from './slots.ts';

/** Options of `watch`. */
export interface WatchOptions {
  /**
   * Whether to read the logs too. `live` keeps a connection open to each of up to 8 running jobs (fewer in browsers and Workers), and
   * reads the logs of further jobs as `poll` does: with short requests, every 3 to 30 seconds.
   * @default false
   */
  logs?: 'live' | 'poll' | false | undefined;
  /**
   * Maximum number of requests per minute, for all jobs together, after up to 10 at once. Everything that waits for turns of the
   * same client shares them.
   * @default 30
   */
  requestsPerMinute?: number | undefined;
  /**
   * Pauses between two requests for the status of one job, in seconds. With many jobs, `requestsPerMinute` makes them longer.
   * @default from 1, growing to 30
   */
  schedule?: PollSchedule | undefined;
  /**
   * Seconds from the push until the run of a job must exist; otherwise the job has `failed`.
   * @default 900
   */
  startTimeout?: number | undefined;
  /**
   * Receives warnings, for example that a status is temporarily unavailable.
   * @default the log of the platform (standard error, or the console)
   */
  onWarning?: OnWarning | undefined;
  /** Ends the iteration with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** An event of `watch`. `job` is the item of the array that was passed. */
export type JobEvent<Run extends RunRef = RunRef> =
  /** The first status of a job that has not ended, and each other one. */
  | {
      readonly job: Run;
      readonly type: 'status';
      readonly status: string;
      readonly failureMessage: string | undefined;
    }
  /** An entry of its log, each once. */
  | { readonly job: Run; readonly type: 'log'; readonly entry: LogEntry }
  /** Its last event: it has ended, with a status for which `isTerminal` returns true. */
  | { readonly job: Run; readonly type: 'ended'; readonly status: string; readonly failureMessage: string | undefined }
  /** Its last event: it was deleted, is private, did not start, or its status stayed unavailable. */
  | { readonly job: Run; readonly type: 'failed'; readonly error: unknown };

const watchFields = (): Fields<WatchOptions> => ({
  logs: oneOf<'live' | 'poll' | false>('live', 'poll', false),
  requestsPerMinute: positive(),
  schedule: schedule(),
  startTimeout: seconds(),
  onWarning: callback(),
  signal: signalField(),
});

/** Maximum number of open connections: more than the sessions that an account can run at the same time. */
const openLogs = 8;
/** Maximum number of stored logs in memory. */
const storedLogs = 2;

async function* readChecked<Run extends RunRef>(
  given: KaggleClient,
  jobs: readonly Run[],
  options: WatchOptions,
  closed: AbortSignal,
): AsyncGenerator<JobEvent<Run>> {
  checkCall('kernels.watch', given, { jobs, options }, { jobs: () => list('runs', runField()), options: watchFields });
  for (const job of jobs) parseRun(job);
  const { logs = false, requestsPerMinute = defaultRate, schedule, startTimeout, onWarning } = options;
  const ended = new AbortController();
  const signal = joinSignals(given.signal, options.signal, closed, ended.signal);
  signal.throwIfAborted();
  const client = paced(given, requestsPerMinute);
  let owner: Promise<string> | undefined;
  /** Asks once for all jobs without an owner. */
  async function whoAmI(): Promise<string> {
    owner ??= client.whoAmI({ signal });
    try {
      return await owner;
    } catch (error) {
      owner = undefined;
      throw error;
    }
  }
  const watching: Watching = {
    client,
    resolve: (job) => resolveRun({ ...client, whoAmI }, job, { signal }),
    perMinute: requestsPerMinute,
    signal,
    logs,
    accepted: false,
    // Some connections remain for the requests.
    live: createSlots(Math.max(1, Math.min(openLogs, client.platform.concurrency - 2))),
    stored: createSlots(storedLogs),
    options: { schedule, startTimeout, onWarning },
  };
  const channel = createChannel<JobEvent<Run>>();
  signal.addEventListener('abort', channel.close, { once: true });
  const follows = [...new Set(jobs)].map((job) =>
    followJob(watching, job, (fact) => channel.put({ job, ...fact } as JobEvent<Run>)),
  );
  const all = Promise.all(follows).finally(channel.close);
  all.catch(() => undefined);
  try {
    for (;;) {
      const event = await channel.take();
      if (event === undefined) break;
      yield event;
    }
    signal.throwIfAborted();
    await all;
  } finally {
    ended.abort();
    await Promise.allSettled(follows);
  }
}

/**
 * Watches many runs: one stream of their events, until all have ended. The requests of all jobs share one gentle pace
 * (`requestsPerMinute`), which slows down when Kaggle returns 429. A job that was deleted or is private has `failed`, and the
 * others continue. Lost connections and a busy server are tolerated as in `wait`.
 *
 * The events of a job are in order, and `ended` or `failed` is its last. Nothing is read ahead: while you handle an event,
 * the jobs wait.
 *
 * @param jobs - Jobs or other runs; see `RunRef`. Repeated ones count once.
 * @returns An async generator of events. Its `return` (`break`) closes all connections.
 * @throws `ValidationError` for an invalid run, before anything is sent.
 * @throws `AuthenticationError` if the credential is rejected before it was accepted for any job.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { watch } from 'kaggle-ts/kernels';
 *
 * for await (const event of watch(createClient(), ['alice/my-training/3', 'alice/my-training/4'])) {
 *   if (event.type === 'ended') console.log(event.job, event.status, event.failureMessage);
 *   if (event.type === 'failed') console.log(event.job, event.error);
 * }
 * ```
 */
export function watch<Run extends RunRef>(
  client: KaggleClient,
  jobs: readonly Run[],
  options: WatchOptions = {},
): AsyncGenerator<JobEvent<Run>> {
  return endedByReturn((closed) => readChecked(client, jobs, options, closed));
}
