import { KernelFailedError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { cancelAfterAbort } from './cancel.ts';
import { type CollectedLog, collectLog } from './log/collect.ts';
import type { LogEntry } from './log/entry.ts';
import type { RunRef } from './run-ref.ts';
import { type WaitOptions, type WaitResult, wait } from './wait.ts';

/** Options of following a run from its push to its end. */
export interface FollowOptions extends WaitOptions {
  /** Receives each log entry while the kernel runs. */
  onLog?: ((entry: LogEntry) => void) | undefined;
}

/** A completed run, and its log. */
export interface Followed<Kernel> extends WaitResult {
  readonly kernel: Kernel;
  readonly log: LogEntry[];
}

/**
 * Starts a run by `begin`, which passes the version to its argument as soon as it is saved, and follows it to its end. An abort cancels
 * what was saved if `cancelOnAbort` is set.
 */
export async function follow<Kernel extends Exclude<RunRef, string>>(
  client: KaggleClient,
  begin: (onSaved: (run: RunRef) => void) => Promise<Kernel>,
  options: FollowOptions,
): Promise<Followed<Kernel>> {
  const { signal, onStatus, onWarning, timeout, startTimeout, schedule } = options;
  let saved: RunRef | undefined;
  let log: CollectedLog | undefined;
  try {
    const kernel = await begin((run) => {
      saved = run;
    });
    saved = kernel;
    signal?.throwIfAborted();
    log = collectLog(client, kernel, options);
    const { status } = await wait(client, kernel, { signal, onStatus, onWarning, timeout, startTimeout, schedule });
    await log.finish();
    return { kernel, status, log: log.entries };
  } catch (error) {
    if (signal?.aborted && saved) {
      await cancelAfterAbort(client, saved, { ...options, sessionId: options.sessionId ?? log?.sessionId() });
    }
    // The log of a failed kernel ends with its traceback.
    if (!(error instanceof KernelFailedError) || !log) throw signal?.aborted ? signal.reason : error;
    await log.finish();
    // The stored log may not be available yet; the live one is.
    throw error.logTail === undefined ? new KernelFailedError(error.message, { ...error, logTail: log.tail() }) : error;
  } finally {
    log?.stop();
  }
}
