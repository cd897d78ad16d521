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

export interface WaitOptions extends CancelOnAbort {
  /** Called with each new status of the run, `NOT_STARTED` included; never with one of another version. */
  onStatus?: ((status: string, details: KernelStatus) => void) | undefined;
  /** Called with what is unusual but does not end the wait. @default the platform's log (stderr, the console) */
  onWarning?: OnWarning | undefined;
  /** Seconds until `TimeoutError`. The run itself goes on. @default no limit */
  timeout?: number | undefined;
  /**
   * Seconds that Kaggle may take from the push to the run (not its time in the queue), until `TimeoutError`.
   * @default 900
   */
  startTimeout?: number | undefined;
  /** Aborts the wait; the promise rejects with the signal's reason. The run continues unless `cancelOnAbort` is set. */
  signal?: AbortSignal | undefined;
  /** How the pauses grow, in seconds; default from 1 to 30. */
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

/** How a wait ends well. */
export interface WaitResult {
  /** `ENDED`: the run has left its output, but Kaggle's status call is out of order, so whether it failed is not known. */
  status: 'COMPLETE' | 'ENDED';
}

/** The error for a run that ended badly. */
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
 * Waits until a run has completed. With what `push` returned this is the version that was pushed; another version's
 * status never counts.
 *
 * @throws `KernelFailedError` (with the end of the log) for ERROR and CANCEL_ACKNOWLEDGED; `TimeoutError` after `timeout`
 * seconds, or when no run has started within `startTimeout` seconds; `KaggleError` for a run that was deleted; the
 * signal's own reason on abort.
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
