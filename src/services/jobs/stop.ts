import { KaggleError } from '../../core/errors.ts';

/**
 * Why a step ends before its work is done:
 * - `budget`: it has used up its requests or bytes
 * - `record`: the state must be stored before the next request, so that a repeated step knows of it
 * - `wait`: there is nothing to do yet
 */
export type StopReason = 'budget' | 'record' | 'wait';

/** Ends a step from inside a verb: through the signal that the verb was given. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Why the step was stopped; `undefined` if it was not. */
  readonly reason: StopReason | undefined;
  /** Aborts the signal. The first call counts. */
  now(reason: StopReason): void;
  /** Like `now`, and throws. */
  throw(reason: StopReason): never;
}

export function createStop(): Stop {
  const controller = new AbortController();
  let first: StopReason | undefined;

  function now(reason: StopReason): void {
    if (first !== undefined) return;
    first = reason;
    controller.abort(new KaggleError('the step of the job has ended'));
  }

  return {
    signal: controller.signal,
    get reason() {
      return first;
    },
    now,
    throw(reason) {
      now(reason);
      throw controller.signal.reason;
    },
  };
}
