import { abortable } from '../abortable.ts';
import { TimeoutError } from '../errors.ts';
import { field, positive } from '../options/field.ts';
import { type Fields, type Shape, shape } from '../options/shape.ts';
import type { Clock } from '../platform.ts';
import { startDeadline } from './deadline.ts';

/** How the pauses between two checks grow. Seconds. */
export interface PollSchedule {
  /** The first pause; default 1. */
  first?: number | undefined;
  /** The longest pause; default 30. */
  longest?: number | undefined;
  /** What each pause is multiplied by to give the next one; default 1.3. */
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
  /** Seconds until `TimeoutError`; without it there is no limit. */
  timeout?: number | undefined;
  schedule?: PollSchedule | undefined;
}

/**
 * The pause after check number `attempt` (1 is the first), in milliseconds: about a second at first, so that a short job
 * is noticed at once, growing to half a minute, less up to a fifth at random so that many clients do not march in step.
 */
export function pollDelay(attempt: number, schedule: PollSchedule = {}, random: () => number = Math.random): number {
  const { first = 1, longest = 30, factor = 1.3 } = schedule;
  const seconds = Math.min(longest, first * factor ** Math.min(attempt - 1, 1000));
  return seconds * 1000 * (1 - random() / 5);
}

/** One call of what `poll` repeats. */
export interface PollTurn {
  /** Milliseconds since the first call. */
  readonly waited: number;
  /** Asks that the next call comes no sooner than in so many milliseconds; `undefined` asks for nothing. */
  pause(ms: number | undefined): void;
}

/** A call counts for at most so many milliseconds: when it seems to take longer, the clock of the machine was set. */
const longestCall = 120_000;

/** The most that `PollTurn.pause` can ask for, in milliseconds: whatever a server says, it is asked again. */
const longestPause = 900_000;

/**
 * Calls `check` until it resolves to something else than `undefined`, with growing pauses between the calls. Time is counted
 * by pauses and calls, so that a clock that is set meanwhile changes nothing. Rejects with
 * `TimeoutError` after `timeout` seconds, with the reason of `signal` as soon as it is aborted, and with what
 * `check` throws. `what` names the thing that is waited for; it is asked when the time is up.
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
      const begun = clock.now();
      let least = 0;
      const pause = (ms = 0) => {
        least = Math.min(longestPause, ms);
      };
      const found = await abortable(check(deadline.signal, { waited, pause }), deadline.signal);
      if (found !== undefined) return found;
      waited += Math.min(longestCall, Math.max(0, clock.now() - begun));
      const left = timeout > 0 ? timeout * 1000 - waited : Number.POSITIVE_INFINITY;
      if (left <= 0) throw new TimeoutError(`${what()}: timed out after ${timeout} s`);
      const ms = Math.min(left, Math.max(least, pollDelay(attempt, schedule, clock.random)));
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
