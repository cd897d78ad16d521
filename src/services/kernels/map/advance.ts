/**
 * A sweep as a pure function: (sweep, event, now) -> sweep. `decide.ts` chooses the next action, `run-step.ts` performs it.
 */

import type { Int64 } from '../../../core/codec/message.ts';
import type { AcceleratorKind } from '../push/refusals.ts';
import {
  beginSweep,
  countRunning,
  type Entry,
  hasSucceeded,
  notPushed,
  type SweepProgress,
  untouched,
} from './progress.ts';

/** What a look at one run has shown. */
export interface Look {
  readonly index: number;
  /** Absent if the look failed for a reason that may pass. */
  readonly status?: string;
  readonly failureMessage?: string | undefined;
  readonly ended: boolean;
}

export type SweepEvent =
  /** A new call resumes the sweep: what an earlier one learnt of slots and quota may be old. */
  | { readonly type: 'opened'; readonly retryFailed: boolean }
  /** A push is about to be prepared, or to be sent. */
  | { readonly type: 'planned'; readonly index: number }
  /** Kaggle has saved the version. */
  | {
      readonly type: 'started';
      readonly ref: string;
      readonly version: number;
      readonly kernelId: Int64;
      readonly pushed: number;
    }
  /** All slots of the account are in use. */
  | { readonly type: 'noSlot'; readonly limit: number | undefined }
  /** The quota is used up. */
  | {
      readonly type: 'noQuota';
      readonly accelerator: AcceleratorKind;
      readonly limit: number | undefined;
      readonly refilled: number;
    }
  /** The push failed for a reason that may pass. `sent`: it may have been made. */
  | { readonly type: 'lost'; readonly retryAfterMs: number; readonly sent: boolean }
  /** The push was refused for a reason that will not pass. */
  | { readonly type: 'refused'; readonly message: string }
  /** The sweep ends with an error because of refused pushes, which will be made again by the next call. */
  | { readonly type: 'gaveUp' }
  | { readonly type: 'looked'; readonly looks: readonly Look[]; readonly pause: number }
  /** The output of an input was downloaded. */
  | { readonly type: 'saved'; readonly index: number };

function change(sweep: SweepProgress, index: number, entry: Partial<Entry>): readonly Entry[] {
  return sweep.entries.with(index, { ...sweep.entries[index]!, ...entry });
}

/** The input is run again under a new key. */
const anew = ({ attempt }: Entry): Entry => ({ ...untouched, attempt: attempt + 1 });

const week = 7 * 24 * 3600 * 1000;
const longestPause = 900_000;

/** Milliseconds until the next try after `count` failures: `first` seconds, doubled up to `longest`. */
const backoff = (count: number, first: number, longest: number) =>
  1000 * Math.min(longest, first * 2 ** Math.min(count - 1, 30));

/**
 * The push was refused, after a search for an earlier one. A later push of the input gets another key: Kaggle may have saved a
 * version without a run.
 */
function putBack(sweep: SweepProgress): SweepProgress {
  const { index } = sweep.starting!;
  return { ...sweep, starting: undefined, entries: change(sweep, index, anew(sweep.entries[index]!)) };
}

function afterNoSlot(sweep: SweepProgress, limit: number | undefined, now: number): SweepProgress {
  const running = countRunning(sweep);
  const misses = sweep.slots.misses + 1;
  // Without a run of its own, the sweep notices only by trying that a slot is free.
  const probeAt = now + (running === 0 ? backoff(misses, 15, 60) : backoff(misses, 60, 300));
  return putBack({ ...sweep, failures: 0, slots: { ceiling: running, limit, probeAt, misses } });
}

function afterNoQuota(sweep: SweepProgress, event: SweepEvent & { type: 'noQuota' }, now: number): SweepProgress {
  const { accelerator, limit, refilled } = event;
  const misses = (sweep.quota?.misses ?? 0) + 1;
  // The clock may be ahead of Kaggle's, and Kaggle may need a while to refill the quota.
  const least = now + (refilled > 0 ? backoff(misses, 60, 3600) : backoff(misses, 900, 3600));
  const quota = { accelerator, limit, refilled, retryAt: Math.max(Math.min(refilled, now + week), least), misses };
  return putBack({ ...sweep, failures: 0, quota });
}

function afterStarted(sweep: SweepProgress, event: SweepEvent & { type: 'started' }, now: number): SweepProgress {
  const { ref, version, kernelId, pushed } = event;
  const { index } = sweep.starting!;
  const { slots } = sweep;
  const running = countRunning(sweep);
  // One more than before: there may be room for even more.
  const more = slots.ceiling !== undefined && running >= slots.ceiling;
  return {
    ...sweep,
    entries: change(sweep, index, { phase: 'running', version, pushed, status: '' }),
    ref,
    kernelId,
    before: Math.max(sweep.before, version),
    starting: undefined,
    slots: { ...slots, misses: 0, ...(more && { ceiling: undefined }) },
    quota: undefined,
    failures: 0,
    retryAt: 0,
    refused: [],
    lookAt: running === 0 ? now + 1000 : sweep.lookAt,
    quiet: 0,
  };
}

function afterLost(sweep: SweepProgress, event: SweepEvent & { type: 'lost' }, now: number): SweepProgress {
  const failures = sweep.failures + 1;
  const retryAt = now + Math.max(Math.min(event.retryAfterMs, longestPause), backoff(failures, 5, 300));
  const starting = sweep.starting!;
  const unclear = starting.unclear || event.sent;
  return { ...sweep, failures, retryAt, starting: unclear ? { ...starting, unclear } : undefined };
}

function afterRefused(sweep: SweepProgress, failureMessage: string): SweepProgress {
  const { index } = sweep.starting!;
  return {
    ...sweep,
    // Kaggle may have saved a version without its sources, which is not that of a later push.
    entries: change(sweep, index, {
      ...anew(sweep.entries[index]!),
      phase: 'ended',
      status: notPushed,
      failureMessage,
    }),
    starting: undefined,
    failures: 0,
    refused: [...sweep.refused, index],
  };
}

function withLook(entry: Entry, { status, failureMessage, ended }: Look, now: number): Entry {
  if (status === undefined) {
    return { ...entry, failures: entry.failures + 1, failingSince: entry.failures === 0 ? now : entry.failingSince };
  }
  return { ...entry, phase: ended ? 'ended' : 'running', status, failureMessage, failures: 0, failingSince: 0 };
}

function afterLooks(sweep: SweepProgress, looks: readonly Look[], pause: number, now: number): SweepProgress {
  const entries = [...sweep.entries];
  let news = false;
  let freed = false;
  for (const look of looks) {
    const before = entries[look.index]!;
    const after = withLook(before, look, now);
    news ||= after.status !== before.status;
    freed ||= after.phase === 'ended';
    entries[look.index] = after;
  }
  return {
    ...sweep,
    entries,
    // A run that ended early returns the time that it had reserved.
    quota: freed && sweep.quota ? { ...sweep.quota, retryAt: now } : sweep.quota,
    quiet: news ? 0 : sweep.quiet + 1,
    lookAt: now + Math.min(pause, longestPause),
  };
}

/** The sweep after an event. */
export function advance(sweep: SweepProgress, event: SweepEvent, now: number): SweepProgress {
  switch (event.type) {
    case 'opened': {
      const again = (entry: Entry) => event.retryFailed && entry.phase === 'ended' && !hasSucceeded(entry);
      const entries = sweep.entries.map((entry) => (again(entry) ? anew(entry) : entry));
      const { ref, kernelId, before, starting } = sweep;
      return {
        ...beginSweep(0, before),
        entries,
        ref,
        kernelId,
        starting,
        refused: event.retryFailed ? [] : sweep.refused,
      };
    }
    case 'planned': {
      const { starting = { before: sweep.before, unclear: false } } = sweep;
      return { ...sweep, starting: { ...starting, index: event.index, at: now } };
    }
    case 'started':
      return afterStarted(sweep, event, now);
    case 'noSlot':
      return afterNoSlot(sweep, event.limit, now);
    case 'noQuota':
      return afterNoQuota(sweep, event, now);
    case 'lost':
      return afterLost(sweep, event, now);
    case 'refused':
      return afterRefused(sweep, event.message);
    case 'gaveUp': {
      const again = ({ attempt }: Entry): Entry => ({ ...untouched, attempt });
      const entries = sweep.entries.map((entry, index) => (sweep.refused.includes(index) ? again(entry) : entry));
      return { ...sweep, entries, refused: [], failures: 0, retryAt: 0 };
    }
    case 'looked':
      return afterLooks(sweep, event.looks, event.pause, now);
    case 'saved':
      return { ...sweep, entries: change(sweep, event.index, { saved: true }) };
  }
}
