import { ApiError, NotFoundError, PermissionError } from '../../../core/errors.ts';
import { isTransient } from '../../../core/rpc/retry.ts';

/** What is known when a request for the status of a run has failed. */
export interface StatusFailure {
  readonly error: unknown;
  /** Failures in a row, this one included. */
  readonly failures: number;
  /** Seconds since the first of them. */
  readonly seconds: number;
  /** Whether a status of this run was ever seen. */
  readonly seen: boolean;
  /** Whether the run is a version that a push has returned. */
  readonly pushed: boolean;
}

/**
 * - `retry`: ask again later.
 * - `askOutput`: the status call may be out of order for long; a run that has output has ended.
 * - `notStarted`: there is no run yet.
 * - `deleted`: there was a run, and it was deleted.
 * - `throw`: throw the error.
 */
export type FailureAction = 'retry' | 'askOutput' | 'notStarted' | 'deleted' | 'throw';

/** Failures in a row after which the output is asked for. Each has the retries of a call behind it. */
const failuresBeforeOutput = 4;
/** A kernel that was just pushed may be refused for a moment. */
const toleratedRefusals = 6;
/** Seconds without any answer: a laptop that sleeps, a network that is away. */
const longestSilence = 3600;
/** Seconds of refusals by a busy server: longer than any run takes. GetKernelSessionStatus was down for three days in 2026-06. */
const longestOutage = 13 * 3600;

/** What to do after a failed request for the status. Pure. */
export function onStatusFailure({ error, failures, seconds, seen, pushed }: StatusFailure): FailureAction {
  if (isTransient(error)) {
    if (!(error instanceof ApiError)) return seconds > longestSilence ? 'throw' : 'retry';
    if (seconds > longestOutage) return 'throw';
    return failures < failuresBeforeOutput ? 'retry' : 'askOutput';
  }
  if (error instanceof NotFoundError) return seen ? 'deleted' : pushed ? 'notStarted' : 'throw';
  if (error instanceof PermissionError) return pushed && !seen && failures < toleratedRefusals ? 'retry' : 'throw';
  return 'throw';
}
