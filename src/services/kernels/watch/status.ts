import { NotFoundError } from '../../../core/errors.ts';
import { checkCall } from '../../../core/options/check.ts';
import { callFields } from '../../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { getKernelSessionStatus } from '../generated/methods.ts';
import { type ResolvedRun, type RunRef, resolveRun, runField, runFields } from '../run-ref.ts';

export interface KernelStatus {
  /**
   * `QUEUED`, `RUNNING`, `COMPLETE`, `ERROR`, `CANCEL_REQUESTED` (its output is being saved), `CANCEL_ACKNOWLEDGED`,
   * `NEW_SCRIPT`, or a newer name of Kaggle's; `NOT_STARTED` for a version of which there is no run (yet).
   */
  status: string;
  /** Why it failed, if the server says. */
  failureMessage: string | undefined;
}

/** A version that has no run: it was just pushed, or only saved. */
export const notStarted: KernelStatus = { status: 'NOT_STARTED', failureMessage: undefined };

const known = /^(NOT_STARTED|QUEUED|NEW_SCRIPT|RUNNING|CANCEL_REQUESTED|COMPLETE|ERROR|CANCEL_ACKNOWLEDGED|ENDED)$/;

/** Whether Kaggle had this status when this was written. */
export function isKnown(status: string): boolean {
  return known.test(status);
}

/** Whether a session with this status has ended. Names that Kaggle may add later count as not ended. */
export function isTerminal(status: string): boolean {
  return status === 'COMPLETE' || status === 'ERROR' || status === 'CANCEL_ACKNOWLEDGED' || status === 'ENDED';
}

/** Whether a session with this status has not started yet. */
export function isWaiting(status: string): boolean {
  return status === 'NOT_STARTED' || status === 'QUEUED' || status === 'NEW_SCRIPT';
}

/** Asks for the status of exactly this run. */
export async function observe(client: KaggleClient, run: ResolvedRun, options: CallOptions): Promise<KernelStatus> {
  try {
    const { status, failureMessage } = await client.call(getKernelSessionStatus, runFields(run), options);
    return { status, failureMessage };
  } catch (error) {
    // 404 "No runs found for this kernel.": from a push until its run exists.
    if (error instanceof NotFoundError && /no runs found/i.test(error.message)) return notStarted;
    throw error;
  }
}

/**
 * The status of a run: of the version that `run` names, or of the latest run. A version of which no run exists is
 * `NOT_STARTED`; another version's status is never given for it. Throws `ApiError` as the server answers: 403 for a
 * kernel that does not exist or is private, 404 for a version that does not exist.
 */
export async function status(client: KaggleClient, run: RunRef, options: CallOptions = {}): Promise<KernelStatus> {
  checkCall('kernels.status', client, { run, options }, { run: runField, options: callFields });
  return observe(client, await resolveRun(client, run, options), options);
}
