import { ApiError, NotFoundError, PermissionError } from '../../../core/errors.ts';
import { isTransient } from '../../../core/rpc/retry.ts';

/** What is known when the status of a run could not be had. */
export interface Failure {
  readonly error: unknown;
  /** Failures in a row, this one included. */
  readonly failures: number;
  /** Seconds since the first of them. */
  readonly seconds: number;
  /** Whether a status of this run was ever seen. */
  readonly seen: boolean;
  /** Whether the run is a version that was named, as a push does. */
  readonly pushed: boolean;
}

/**
 * - `again`: look again later.
 * - `askOutput`: the status call may be out of order for long; a run that has output has ended.
 * - `notStarted`: there is no run yet.
 * - `deleted`: there was a run, and it is gone.
 * - `giveUp`: the error is the answer.
 */
export type Verdict = 'again' | 'askOutput' | 'notStarted' | 'deleted' | 'giveUp';

/** Failures in a row after which the output is asked for. Each has the retries of a call behind it. */
const many = 4;
/** A kernel that was just pushed may be refused for a moment. */
const tolerated = 6;
/** Seconds without any answer: a laptop that sleeps, a network that is away. */
const longestSilence = 3600;
/** Seconds of refusals by a busy server: longer than any run takes. GetKernelSessionStatus was down for three days in 2026-06. */
const longestOutage = 13 * 3600;

/** What the failure of a look at the status means. Pure. */
export function judgeFailure({ error, failures, seconds, seen, pushed }: Failure): Verdict {
  if (isTransient(error)) {
    if (!(error instanceof ApiError)) return seconds > longestSilence ? 'giveUp' : 'again';
    if (seconds > longestOutage) return 'giveUp';
    return failures < many ? 'again' : 'askOutput';
  }
  if (error instanceof NotFoundError) return seen ? 'deleted' : pushed ? 'notStarted' : 'giveUp';
  if (error instanceof PermissionError) return pushed && !seen && failures < tolerated ? 'again' : 'giveUp';
  return 'giveUp';
}
