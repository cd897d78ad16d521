import { ApiError, NotFoundError, PermissionError } from '../../../core/errors.ts';
import { isTransient } from '../../../core/rpc/retry.ts';

/** A failed request for the status of a run. */
export interface StatusFailure {
  readonly error: unknown;
  /** Number of consecutive failures, including this one. */
  readonly failures: number;
  /** Seconds since the first of them. */
  readonly seconds: number;
  /** Whether any status of this run was received. */
  readonly seen: boolean;
  /** Whether the run is the result of a push. */
  readonly pushed: boolean;
}

/**
 * - `retry`: try again later.
 * - `askOutput`: the status call may be down for long; a run that has output has ended.
 * - `notStarted`: the run does not exist yet.
 * - `deleted`: the run existed and was deleted.
 * - `throw`: throw the error.
 */
export type FailureAction = 'retry' | 'askOutput' | 'notStarted' | 'deleted' | 'throw';

/** Consecutive failures, each after the retries of a call, before the output is requested. */
const failuresBeforeOutput = 4;
/** Number of 403 errors to tolerate for a kernel that was just pushed. */
const toleratedRefusals = 6;
/** Maximum number of seconds without any response, for example while a laptop sleeps. */
const longestSilence = 3600;
/** Maximum number of seconds of errors of a busy server, longer than any run. GetKernelSessionStatus was down for three days in 2026-06. */
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
