import { NotFoundError } from '../../../core/errors.ts';
import { checkCall } from '../../../core/options/check.ts';
import { callFields } from '../../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { getKernelSessionStatus } from '../generated/methods.ts';
import { type ResolvedRun, type RunRef, resolveRun, runField, runFields } from '../run-ref.ts';

/** Status of a run. */
export interface KernelStatus {
  /**
   * `QUEUED`, `RUNNING` (also while Kaggle saves the output), `COMPLETE`, `ERROR`, `CANCEL_REQUESTED` (Kaggle saves the output),
   * `CANCEL_ACKNOWLEDGED`, `NEW_SCRIPT`, or a newer name. `NOT_STARTED` is a version without a run.
   */
  status: string;
  /** Why the run failed, if Kaggle returned it. */
  failureMessage: string | undefined;
}

/** A version without a run: just pushed, or only saved. */
export const notStarted: KernelStatus = { status: 'NOT_STARTED', failureMessage: undefined };

/** Seconds after a push in which its run may not exist yet: waits end then by default. */
export const startTimeout: number = 900;

const known = /^(NOT_STARTED|QUEUED|NEW_SCRIPT|RUNNING|CANCEL_REQUESTED|COMPLETE|ERROR|CANCEL_ACKNOWLEDGED|ENDED)$/;

/** Whether this version of kaggle-ts knows the status. */
export function isKnown(status: string): boolean {
  return known.test(status);
}

/**
 * Returns whether a run with this status has ended: `COMPLETE`, `ERROR`, `CANCEL_ACKNOWLEDGED` or `ENDED`. Unknown names count
 * as not ended.
 */
export function isTerminal(status: string): boolean {
  return status === 'COMPLETE' || status === 'ERROR' || status === 'CANCEL_ACKNOWLEDGED' || status === 'ENDED';
}

/** Whether a run with this status has not started yet. */
export function isWaiting(status: string): boolean {
  return status === 'NOT_STARTED' || status === 'QUEUED' || status === 'NEW_SCRIPT';
}

/** Gets the status of exactly this run. */
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
 * Gets the status of a run. A version without a run is `NOT_STARTED`; the status of another version is never returned.
 *
 * @param run - The run; see `RunRef`.
 * @throws `PermissionError` if the kernel does not exist or is private, and `NotFoundError` if the version does not exist.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { isTerminal, status } from 'kaggle-ts/kernels';
 *
 * const found = await status(createClient(), 'alice/my-training');
 * if (isTerminal(found.status)) console.log(found.status, found.failureMessage);
 * ```
 */
export async function status(client: KaggleClient, run: RunRef, options: CallOptions = {}): Promise<KernelStatus> {
  checkCall('kernels.status', client, { run, options }, { run: runField, options: callFields });
  return observe(client, await resolveRun(client, run, options), options);
}
