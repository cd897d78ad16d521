import { AuthenticationError } from '../../../core/errors.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { nextTurn, reportFailure } from '../../../core/rpc/paced.ts';
import { pollDelay } from '../../../core/rpc/poll.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import { type OnWarning, warn } from '../../../core/warn.ts';
import type { LogEntry } from '../log/entry.ts';
import { type FollowEvent, startReading } from '../log/follow.ts';
import { readLive } from '../log/live.ts';
import { type Reading, readEntries, storedEvents } from '../log/logs.ts';
import { createMarkerFilter } from '../log/marker.ts';
import { fetchStoredLog } from '../log/stored.ts';
import { describeRun, type ResolvedRun, type RunRef } from '../run-ref.ts';
import { type AwaitOptions, awaitRun } from '../watch/await-run.ts';
import { isTerminal, type KernelStatus } from '../watch/status.ts';
import type { Slots } from './slots.ts';

/** What happened to one of the jobs. */
export type JobFact =
  | ({ readonly type: 'status' | 'ended' } & Readonly<KernelStatus>)
  | { readonly type: 'log'; readonly entry: LogEntry }
  | { readonly type: 'failed'; readonly error: unknown };

/** What the jobs of one `watch` share. */
export interface Watching {
  /** A paced client. */
  readonly client: KaggleClient;
  resolve(job: RunRef): Promise<ResolvedRun>;
  readonly perMinute: number;
  readonly signal: AbortSignal;
  readonly logs: 'live' | 'poll' | false;
  /** Connections that can be kept open. */
  readonly live: Slots;
  /** Whether the credential was accepted, for any of the jobs. */
  accepted: boolean;
  /** Stored logs that can be in memory. */
  readonly stored: Slots;
  readonly options: Pick<AwaitOptions, 'schedule' | 'startTimeout'> & { onWarning?: OnWarning | undefined };
}

/** Seconds without a line after which a connection that is not kept open is closed. */
const quiet = 1;

/** How often a request is tried that no poll repeats, with pauses that grow to half a minute. */
const attempts = 20;

/** Repeats `ask` while its failures are transient. */
async function patiently<T>({ client, signal }: Watching, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!isTransient(error) || attempt === attempts) throw error;
      await client.clock.sleep(pollDelay(attempt, {}, client.clock.random), signal);
    }
  }
}

async function* connect(watching: Watching, run: ResolvedRun): AsyncGenerator<FollowEvent> {
  const { client, perMinute, signal, logs, live } = watching;
  const report = await nextTurn(client, perMinute, signal);
  const release = logs === 'live' ? live.tryTake() : undefined;
  let isFirst = true;
  try {
    for await (const event of readLive(client, run, signal, release ? undefined : quiet)) {
      if (event.type === 'lost') reportFailure(report, event.error);
      else if (isFirst) report('accepted');
      isFirst = false;
      yield event;
    }
  } finally {
    release?.();
  }
}

async function* readStored(watching: Watching, run: ResolvedRun): AsyncGenerator<FollowEvent> {
  const { client, signal, stored } = watching;
  const release = await stored.take(signal);
  try {
    yield* storedEvents(await patiently(watching, () => fetchStoredLog(client, run, { signal })));
  } finally {
    release();
  }
}

/** The part of a `Job` that knows when it was pushed, by whom, and which kernel it was. */
interface Peekable {
  peek(options: CallOptions): Promise<unknown>;
}

/** The error of a job that its handle throws, which says more; `undefined` for another run, or if the handle throws none. */
async function errorOf(job: RunRef | (RunRef & Peekable), signal: AbortSignal): Promise<unknown> {
  if (typeof job !== 'object' || !('peek' in job)) return undefined;
  try {
    await job.peek({ signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!isTransient(error)) return error;
  }
  return undefined;
}

/**
 * Passes what happens to one job to `emit`, in order; `emit` is awaited. Rejects on abort, and if the credential is refused before it
 * was accepted for any job. Another error that ends the watch of this job is a fact too. A log that cannot be read is a warning.
 */
export async function followJob(
  watching: Watching,
  job: RunRef,
  emit: (fact: JobFact) => Promise<void>,
): Promise<void> {
  const { client, signal, logs, options } = watching;
  let last: KernelStatus | undefined;
  let isUnavailable = false;

  async function follow(run: ResolvedRun): Promise<void> {
    async function awaitStatus(accept: (found: KernelStatus) => boolean): Promise<KernelStatus> {
      const report = async (found: KernelStatus) => {
        const isNew = found.status !== last?.status;
        last = found;
        watching.accepted = true;
        // A new run starts late, but that of an old job was deleted.
        const error = isNew && found.status === 'NOT_STARTED' ? await errorOf(job, signal) : undefined;
        if (error) throw error;
        if (isNew && !isTerminal(found.status)) await emit({ type: 'status', ...found });
        return accept(found);
      };
      isUnavailable = true;
      const seen = last !== undefined && last.status !== 'NOT_STARTED';
      const found = await awaitRun(client, run, report, { ...options, signal, seen });
      isUnavailable = false;
      return found;
    }

    async function readLog(): Promise<void> {
      const reading: Reading = {
        client,
        run,
        signal,
        awaitStatus,
        connect: () => connect(watching, run),
        readStored: () => readStored(watching, run),
      };
      try {
        for await (const entry of readEntries(reading, startReading(true, true), createMarkerFilter()))
          await emit({ type: 'log', entry });
      } catch (error) {
        if (signal.aborted || isUnavailable) throw error;
        warn(client, options, `cannot read the log of ${describeRun(run)}: ${(error as Error).message}`);
      }
    }

    if (logs) await readLog();
    const isEnd = ({ status }: KernelStatus) => isTerminal(status);
    await emit({ type: 'ended', ...(last && isEnd(last) ? last : await awaitStatus(isEnd)) });
  }

  try {
    await follow(await patiently(watching, () => watching.resolve(job)));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AuthenticationError && !watching.accepted) throw error;
    await emit({ type: 'failed', error: (await errorOf(job, signal)) ?? error });
  }
}
