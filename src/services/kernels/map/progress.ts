/** The progress of a sweep. Times are milliseconds since 1970. */

import type { Int64 } from '../../../core/codec/message.ts';
import type { AcceleratorKind } from '../push/refusals.ts';

/** One input of a sweep. */
export interface Entry {
  readonly phase: 'todo' | 'running' | 'ended';
  /** Part of the key of the push. Raised when the input must be pushed again although an earlier push was answered. */
  readonly attempt: number;
  /** Version of the kernel; 0 without a run. */
  readonly version: number;
  /** Time of the push; 0 without a run. */
  readonly pushed: number;
  /** Last known status of the run, `''` before the first look. Final if the input has ended. */
  readonly status: string;
  readonly failureMessage: string | undefined;
  /** Consecutive failed looks, and the time of the first of them. */
  readonly failures: number;
  readonly failingSince: number;
  /** Whether the output was downloaded. */
  readonly saved: boolean;
}

export const untouched: Entry = {
  phase: 'todo',
  attempt: 0,
  version: 0,
  pushed: 0,
  status: '',
  failureMessage: undefined,
  failures: 0,
  failingSince: 0,
  saved: false,
};

/** A push that is recorded before it is made. At most one at a time. */
export interface Starting {
  /** Index of the input, from 0. */
  readonly index: number;
  /** Versions up to this one are not of this push. */
  readonly before: number;
  /** When it was recorded. */
  readonly at: number;
  /** The push may have been made: its response was lost, or its process ended. */
  readonly unclear: boolean;
}

/** What is known of the free sessions of the account. */
export interface Slots {
  /** Runs of this sweep for which there was room at last; `undefined` if no push was refused for lack of a slot. */
  readonly ceiling: number | undefined;
  /** Maximum number of sessions of the account, according to Kaggle. */
  readonly limit: number | undefined;
  /** Time from which on one more run than `ceiling` is tried. */
  readonly probeAt: number;
  /** Consecutive refusals for lack of a slot. */
  readonly misses: number;
}

/** The quota that is used up. */
export interface UsedQuota {
  /** What the quota is for. */
  readonly accelerator: AcceleratorKind;
  /** Weekly quota in seconds, if known. */
  readonly limit: number | undefined;
  /** When the quota is refilled; 0 if Kaggle did not tell. */
  readonly refilled: number;
  /** Time of the next push. */
  readonly retryAt: number;
  /** Consecutive refusals. */
  readonly misses: number;
}

export interface SweepProgress {
  readonly entries: readonly Entry[];
  /** `owner/slug` of the kernel according to Kaggle; empty until a version was pushed. */
  readonly ref: string;
  /** Numeric id of the kernel; 0 until a version was pushed. */
  readonly kernelId: Int64;
  /** Highest known version of the kernel. */
  readonly before: number;
  readonly starting: Starting | undefined;
  readonly slots: Slots;
  readonly quota: UsedQuota | undefined;
  /** Consecutive pushes that failed for a reason that may pass, and the time of the next. */
  readonly failures: number;
  readonly retryAt: number;
  /** Inputs whose pushes were refused for good, since the last one that was accepted. */
  readonly refused: readonly number[];
  /** Time of the next look, and the number of looks in a row without news. */
  readonly lookAt: number;
  readonly quiet: number;
}

/** Status of an input whose push Kaggle refused. */
export const notPushed = 'NOT_PUSHED';

/** Inputs of which the run has succeeded, as far as is known. */
export function hasSucceeded({ status }: Entry): boolean {
  return status === 'COMPLETE' || status === 'ENDED';
}

/** A sweep of which nothing has run. `before` is the latest version of the kernel, 0 if it does not exist. */
export function beginSweep(total: number, before: number): SweepProgress {
  return {
    entries: Array.from({ length: total }, () => untouched),
    ref: '',
    kernelId: 0,
    before,
    starting: undefined,
    slots: { ceiling: undefined, limit: undefined, probeAt: 0, misses: 0 },
    quota: undefined,
    failures: 0,
    retryAt: 0,
    refused: [],
    lookAt: 0,
    quiet: 0,
  };
}

export function countRunning({ entries }: SweepProgress): number {
  return entries.reduce((sum, { phase }) => sum + (phase === 'running' ? 1 : 0), 0);
}
