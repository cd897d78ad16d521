import type { KaggleClient } from '../../../core/client.ts';
import { KernelFailedError } from '../../../core/errors.ts';
import type { Clock, PollSchedule } from '../../../core/poll.ts';
import { type CancelOnAbort, cancelAfterAbort } from '../cancel-after-abort.ts';
import { fetchLogTail } from '../log/log-tail.ts';
import { type RunRef, resolveRun } from '../run-ref.ts';
import { awaitRun } from './await-run.ts';
import type { KernelStatus } from './status.ts';
import { isTerminal } from './version.ts';

export interface WaitOptions extends CancelOnAbort {
  /** Called with each new status of the run, never with one of another version. */
  onStatus?: (status: string, details: KernelStatus) => void;
  /** Seconds until `TimeoutError`; default no limit. The run itself goes on. */
  timeout?: number;
  signal?: AbortSignal;
  /** How the pauses grow, in seconds; default from 1 to 30. */
  schedule?: PollSchedule;
  /** A clock of one's own, for tests. */
  clock?: Clock;
}

/** The error for a run that ended badly. */
async function failedError(client: KaggleClient, run: RunRef, found: KernelStatus): Promise<KernelFailedError> {
  const { ref } = await resolveRun(client, run);
  const logTail = await fetchLogTail(client, run);
  const said = found.failureMessage ? `: ${found.failureMessage}` : '';
  return new KernelFailedError(`${ref} ended with ${found.status}${said}`, { ...found, logTail });
}

/**
 * Waits until a run has completed. With what `push` returned this is the version that was pushed: an older version's
 * COMPLETE does not count, and when somebody pushes a newer one and the server can only tell about that, it is an error.
 *
 * Throws `KernelFailedError` (with the end of the log) for ERROR and CANCEL_ACKNOWLEDGED, `TimeoutError` after `timeout`
 * seconds, `KaggleError` for a run that was superseded, and the signal's own reason on abort.
 */
export async function wait(
  client: KaggleClient,
  run: RunRef,
  options: WaitOptions = {},
): Promise<{ status: 'COMPLETE' }> {
  const { onStatus, signal } = options;
  const resolved = await resolveRun(client, run);
  let reported: string | undefined;
  try {
    const end = await awaitRun(
      client,
      resolved,
      ({ status, failureMessage, visible }) => {
        if (visible && status !== reported) onStatus?.(status, { status, failureMessage });
        if (visible) reported = status;
        return visible && isTerminal(status);
      },
      { ...options, signal },
    );
    if (end.status !== 'COMPLETE') throw await failedError(client, run, end);
    return { status: 'COMPLETE' };
  } catch (error) {
    if (signal?.aborted) await cancelAfterAbort(client, run, options);
    throw error;
  }
}
