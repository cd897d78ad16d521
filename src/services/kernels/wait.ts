import { KernelFailedError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import { callback, seconds, signal as signalField } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { type PollSchedule, schedule } from '../../core/rpc/poll.ts';
import type { OnWarning } from '../../core/warn.ts';
import { type CancelOnAbort, cancelAfterAbort, cancelOnAbortFields } from './cancel.ts';
import { fetchLogTail } from './log/stored.ts';
import { type ResolvedRun, type RunRef, resolveRun, runField } from './run-ref.ts';
import { awaitRun } from './watch/await-run.ts';
import { isTerminal, type KernelStatus } from './watch/status.ts';

/** Options of `wait`. */
export interface WaitOptions extends CancelOnAbort {
  /** Called with each new status of this version, including `NOT_STARTED`. */
  onStatus?: ((status: string, details: KernelStatus) => void) | undefined;
  /**
   * Receives warnings that do not end the wait, for example that the status is temporarily unavailable.
   * @default the log of the platform (standard error, or the console)
   */
  onWarning?: OnWarning | undefined;
  /**
   * Seconds until `TimeoutError`. The run itself continues.
   * @default no limit
   */
  timeout?: number | undefined;
  /**
   * Seconds from the push until the run must exist, else `TimeoutError`. Time in the queue does not count.
   * @default 900
   */
  startTimeout?: number | undefined;
  /** Aborts the wait; the promise rejects with the signal's reason. The run continues unless `cancelOnAbort` is set. */
  signal?: AbortSignal | undefined;
  /**
   * Pauses between two requests for the status, in seconds.
   * @default from 1, growing to 30
   */
  schedule?: PollSchedule | undefined;
}

export const waitFields = (): Fields<WaitOptions> => ({
  ...cancelOnAbortFields(),
  onStatus: callback(),
  onWarning: callback(),
  timeout: seconds(),
  startTimeout: seconds(),
  signal: signalField(),
  schedule: schedule(),
});

/** Result of `wait`. */
export interface WaitResult {
  /** `COMPLETE`; or `ENDED` if the run has output but its status is unavailable, so that it may have failed. */
  status: 'COMPLETE' | 'ENDED';
}

/** The error for a run that failed or was canceled. */
async function failedError(
  client: KaggleClient,
  run: ResolvedRun,
  found: KernelStatus,
  signal: AbortSignal | undefined,
): Promise<KernelFailedError> {
  const logTail = await fetchLogTail(client, run, signal);
  const said = found.failureMessage ? `: ${found.failureMessage}` : '';
  return new KernelFailedError(`${run.ref} ended with ${found.status}${said}`, { ...found, logTail });
}

/**
 * Waits until a run has completed. With the result of `push` it waits for exactly that version.
 *
 * @param run - The run; see `RunRef`.
 * @returns The final status.
 * @throws `KernelFailedError`, with the last lines of the log, if the run fails or is canceled.
 * @throws `TimeoutError` after `timeout` seconds, or if no run has started within `startTimeout` seconds.
 * @throws `KaggleError` if the kernel was deleted.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { wait } from 'kaggle-ts/kernels';
 *
 * const client = createClient();
 * await wait(client, 'alice/my-training/3', { timeout: 3600, onStatus: (status) => console.log(status) });
 * ```
 */
export async function wait(client: KaggleClient, run: RunRef, options: WaitOptions = {}): Promise<WaitResult> {
  checkCall('kernels.wait', client, { run, options }, { run: runField, options: waitFields });
  const { onStatus, signal } = options;
  const resolved = await resolveRun(client, run, { signal });
  let reported: string | undefined;
  try {
    const end = await awaitRun(
      client,
      resolved,
      (found) => {
        if (found.status !== reported) onStatus?.(found.status, found);
        reported = found.status;
        return isTerminal(found.status);
      },
      options,
    );
    if (end.status !== 'COMPLETE' && end.status !== 'ENDED') throw await failedError(client, resolved, end, signal);
    return { status: end.status };
  } catch (error) {
    if (signal?.aborted) await cancelAfterAbort(client, run, options);
    throw error;
  }
}
