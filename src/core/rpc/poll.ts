import { abortable } from '../abortable.ts';
import { TimeoutError } from '../errors.ts';
import { field, positive } from '../options/field.ts';
import { type Fields, type Shape, shape } from '../options/shape.ts';
import type { Clock } from '../platform.ts';
import { startDeadline } from './deadline.ts';

/** Pauses between two checks while waiting. They grow from `first` to `longest`. */
export interface PollSchedule {
  /** First pause in seconds. @default 1 */
  first?: number | undefined;
  /** Longest pause in seconds. @default 30 */
  longest?: number | undefined;
  /** Factor by which each pause is longer than the one before. @default 1.3 */
  factor?: number | undefined;
}

const scheduleFields = (): Fields<PollSchedule> => ({
  first: positive(),
  longest: positive(),
  factor: field('a number of at least 1', (value) => typeof value === 'number' && value >= 1),
});

export const schedule = (): Shape<PollSchedule> => shape(scheduleFields());

export interface PollOptions {
  signal?: AbortSignal | undefined;
  /** Seconds until `TimeoutError`. @default No limit. */
  timeout?: number | undefined;
  schedule?: PollSchedule | undefined;
}

/**
 * Returns the pause in milliseconds after check number `attempt` (1 is the first): a second at first, to notice short jobs
 * quickly, growing to half a minute. It is shortened by up to a fifth at random, so that clients do not poll in lockstep.
 */
export function pollDelay(attempt: number, schedule: PollSchedule = {}, random: () => number = Math.random): number {
  const { first = 1, longest = 30, factor = 1.3 } = schedule;
  const seconds = Math.min(longest, first * factor ** Math.min(attempt - 1, 1000));
  return seconds * 1000 * (1 - random() / 5);
}

/** Passed to each call of `check`. */
export interface PollTurn {
  /** Milliseconds since the first call. */
  readonly waited: number;
  /** Requests a minimum pause in milliseconds before the next call; `undefined` for none. */
  pause(ms: number | undefined): void;
}

/** Maximum milliseconds that one call counts for. If it seems longer, the system clock was changed. */
const longestCall = 120_000;

/** Maximum of `PollTurn.pause` in milliseconds, whatever the server asks for. */
const longestPause = 900_000;

/**
 * Calls `check` until it resolves to a value other than `undefined`, with growing pauses in between. Time is the sum of pauses
 * and calls, so that changes of the system clock have no effect. Rejects with `TimeoutError` after `timeout` seconds, with the
 * reason of `signal` when it aborts, and with errors of `check`. `what` names the awaited state for the error.
 */
export async function poll<T>(
  { clock }: { readonly clock: Clock },
  what: () => string,
  check: (signal: AbortSignal, turn: PollTurn) => Promise<T | undefined>,
  options: PollOptions = {},
): Promise<T> {
  const { signal, timeout = 0, schedule } = options;
  const deadline = startDeadline('poll', timeout, [signal]);
  let waited = 0;
  try {
    for (let attempt = 1; ; attempt++) {
      deadline.signal.throwIfAborted();
      const start = clock.now();
      let least = 0;
      const pause = (ms = 0) => {
        least = Math.min(longestPause, ms);
      };
      const found = await abortable(check(deadline.signal, { waited, pause }), deadline.signal);
      if (found !== undefined) return found;
      waited += Math.min(longestCall, Math.max(0, clock.now() - start));
      const remaining = timeout > 0 ? timeout * 1000 - waited : Number.POSITIVE_INFINITY;
      if (remaining <= 0) throw new TimeoutError(`${what()}: timed out after ${timeout} s`);
      const ms = Math.min(remaining, Math.max(least, pollDelay(attempt, schedule, clock.random)));
      await clock.sleep(ms, deadline.signal);
      waited += ms;
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (deadline.signal.aborted) throw new TimeoutError(`${what()}: timed out after ${timeout} s`);
    throw error;
  } finally {
    deadline.stop();
  }
}
