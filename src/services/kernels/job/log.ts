import { ApiError, NotFoundError, PermissionError } from '../../../core/errors.ts';
import { checkOptions } from '../../../core/options/check.ts';
import { text, whole } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { callFields } from '../../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { startDeadline } from '../../../core/rpc/deadline.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import type { LogEntry } from '../log/entry.ts';
import { type LiveEvent, readLive } from '../log/live.ts';
import { createMarkerFilter, withoutMarker } from '../log/marker.ts';
import { fetchStoredLog } from '../log/stored.ts';
import type { ResolvedRun } from '../run-ref.ts';
import { isTerminal, isWaiting } from '../watch/status.ts';
import { type JobMemory, observeJob } from './access.ts';
import { type LogPosition, logStart, readCursor, writeCursor } from './cursor.ts';
import type { JobFacts } from './id.ts';
import { createLogPage, type LogPage } from './log-page.ts';

/** Options of `Job.logs`. */
export interface JobLogsOptions extends CallOptions {
  /**
   * The `cursor` of the previous call, in this or another process.
   * @default the start of the log
   */
  cursor?: string | undefined;
  /**
   * Maximum size of the `data` of all returned entries in bytes (UTF-8). The last entry is split if it does not fit.
   * @default 65536 (64 KiB)
   */
  maxBytes?: number | undefined;
}

const jobLogsFields = (): Fields<JobLogsOptions> => ({ ...callFields(), cursor: text(), maxBytes: whole(1) });

/** What `Job.logs` returns. */
export interface JobLog {
  /** The new entries. */
  entries: LogEntry[];
  /** Pass it to the next call. At most 60 characters, safe in URLs. */
  cursor: string;
  /** Whether there is more in the log already than `maxBytes` allowed. */
  more: boolean;
  /** Whether this was the end of the log of a run that has ended: no later call returns more. */
  ended: boolean;
}

/** Seconds without an entry after which the live log is considered read. */
const quiet = 0.5;
/** Seconds after which reading stops, even if the run prints all the time. */
const longest = 10;
/** How often a connection is tried that was lost, or quiet before the new part of the log. */
const maxAttempts = 3;

/** How reading the live log ended; `full` for a page that is full, or took long enough. */
type Outcome = Exclude<LiveEvent, { type: 'entry' }> | { readonly type: 'full' };

/** Reads the live log from its start, until the page is full, the log ends, or it is quiet for a moment. */
async function readPage(client: KaggleClient, run: ResolvedRun, page: LogPage, signal: AbortSignal): Promise<Outcome> {
  const marker = createMarkerFilter();
  let since: number | undefined;
  const take = (entry: LogEntry | undefined, raw?: boolean) => {
    if (entry) page.take(entry, raw);
  };
  for await (const event of readLive(client, run, signal, quiet)) {
    if (event.type !== 'entry') {
      if (event.type === 'complete') take(marker.rest());
      return event;
    }
    take(event.raw ? event.entry : marker.take(event.entry), event.raw);
    if (page.reached) since ??= client.clock.now();
    if (page.more || (since !== undefined && client.clock.now() - since > longest * 1000)) break;
  }
  return { type: 'full' };
}

/** What the handle of a job keeps of a stored log of which only a part was returned. */
export interface LogMemory {
  stored: readonly LogEntry[] | undefined;
}

/** Gets what is new in the log of a run; see `Job.logs`. */
export async function readJobLog(
  client: KaggleClient,
  facts: JobFacts,
  memory: JobMemory & LogMemory,
  options: JobLogsOptions,
): Promise<JobLog> {
  checkOptions('job.logs', options, jobLogsFields);
  const { cursor, maxBytes = 65_536, ...callOptions } = options;
  const start = cursor === undefined ? logStart : readCursor(facts, cursor);
  const deadline = startDeadline('job.logs', options.timeout ?? 0, [client.signal, options.signal]);
  try {
    return await readNew(client, facts, memory, { start, maxBytes, callOptions, signal: deadline.signal });
  } finally {
    deadline.stop();
  }
}

interface Look {
  readonly start: LogPosition;
  readonly maxBytes: number;
  readonly callOptions: CallOptions;
  readonly signal: AbortSignal;
}

async function readNew(
  client: KaggleClient,
  facts: JobFacts,
  memory: JobMemory & LogMemory,
  { start, maxBytes, callOptions, signal }: Look,
): Promise<JobLog> {
  const toLog = (page: LogPage, ended: boolean): JobLog => ({
    entries: [...page.entries],
    cursor: writeCursor(facts, page.end),
    more: page.more,
    ended: ended && !page.more,
  });
  const toStoredLog = (stored: readonly LogEntry[]): JobLog => {
    const page = createLogPage(start, maxBytes);
    for (const entry of stored) {
      page.take(entry);
      if (page.more) break;
    }
    memory.stored = page.more ? stored : undefined;
    return toLog(page, true);
  };

  if (memory.stored) {
    signal.throwIfAborted();
    return toStoredLog(memory.stored);
  }
  const { run, found } = await observeJob(client, facts, memory, callOptions);
  if (isWaiting(found.status)) return toLog(createLogPage(start, maxBytes), false);
  const over = isTerminal(found.status);
  if (over) {
    const stored = withoutMarker(await fetchStoredLog(client, run, callOptions));
    if (stored.length > 0) return toStoredLog(stored);
  }
  for (let attempt = 1; ; attempt++) {
    const page = createLogPage(start, maxBytes);
    const end = await readPage(client, run, page, signal);
    // Kaggle adds lines to the stored log of a run whose live log has ended.
    if (end.type === 'complete' || end.type === 'snapshot') return toLog(page, over);
    if (end.type === 'full' || page.entries.length > 0) return toLog(page, false);
    const last = attempt === maxAttempts;
    if (end.type === 'quiet') {
      if (page.reached || last) return toLog(page, false);
      continue;
    }
    const { error } = end;
    // A run that printed nothing may have no log at all.
    if (over && (error instanceof NotFoundError || error instanceof PermissionError)) return toLog(page, true);
    if (last || (error instanceof ApiError && !isTransient(error))) throw error;
    await client.clock.sleep(1000 * attempt, signal);
  }
}
