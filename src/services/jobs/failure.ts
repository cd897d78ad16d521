import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  isKaggleError,
  KernelFailedError,
  MissingCapabilityError,
  TimeoutError,
  TransferError,
  ValidationError,
} from '../../core/errors.ts';
import { isTransient } from '../../core/rpc/retry.ts';
import { CapacityError, QuotaError } from '../kernels/index.ts';
import { ChangedFileError } from './sources.ts';

/** A step that failed. */
export interface StepFailure {
  readonly error: unknown;
  /** Failures in a row, including this one. */
  readonly failures: number;
  /** Seconds since the first of them. */
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * What follows a failure:
 * - `throw`: the caller has to change something; the state stays as it is
 * - `wait`: Kaggle has no free slot or no quota, which is no failure
 * - `retry`: repeat the step after a pause in seconds
 * - `fail`: no repetition helps
 */
export type FailureAction =
  | { readonly type: 'throw' }
  | { readonly type: 'fail' }
  | { readonly type: 'wait' | 'retry'; readonly pause: number };

/** Seconds of failures of Kaggle or the network after which a job fails. */
const longestOutage = 24 * 3600;

/** Failures in a row of transfers and of the caller's source or target after which a job fails. */
const maxFailures = 8;

const day = 24 * 3600 * 1000;

/** The next Saturday, 00:00 UTC, when Kaggle renews the quota (observed). */
function nextRefill(now: number): number {
  // 1970-01-03 was a Saturday.
  const week = 7 * day;
  return now - ((now - 2 * day) % week) + week;
}

/** Whether the caller passed something wrong to this step: the job itself is fine. */
const concernsCall = (error: unknown) =>
  error instanceof ValidationError && error.issues.some(({ path }) => /^(?:io|options)\./.test(path));

/** Decides what follows a failed step. Pure. */
export function afterFailure({ error, failures, seconds, now }: StepFailure): FailureAction {
  if (error instanceof AuthenticationError) return { type: 'throw' };
  if (error instanceof CapacityError) return { type: 'wait', pause: 60 };
  if (error instanceof QuotaError) {
    const at = error.refilled?.getTime() ?? nextRefill(now);
    // Not earlier than in a minute, as clocks differ.
    return { type: 'wait', pause: Math.max(60, Math.ceil((at - now) / 1000)) };
  }
  if (error instanceof MissingCapabilityError || concernsCall(error)) return { type: 'throw' };
  if (error instanceof KernelFailedError || error instanceof ChangedFileError) return { type: 'fail' };
  const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) / 1000 : 0;
  const pause = Math.ceil(Math.max(asked, Math.min(600, 5 * 2 ** Math.min(failures - 1, 10))));
  if (isTransient(error) || error instanceof TimeoutError) {
    return seconds > longestOutage ? { type: 'fail' } : { type: 'retry', pause };
  }
  if (error instanceof TransferError || error instanceof ConnectionError || !isKaggleError(error)) {
    return failures >= maxFailures ? { type: 'fail' } : { type: 'retry', pause };
  }
  return { type: 'fail' };
}
