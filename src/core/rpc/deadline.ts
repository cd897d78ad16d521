import { TimeoutError } from '../errors.ts';

/** A signal that aborts after a timeout, and when one of other signals does. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Milliseconds until the timeout; `Infinity` without a limit. */
  remaining(): number;
  /** Cancels the timeout, so that a body can take any time to read. The other signals still abort. */
  stop(): void;
}

/** Starts a deadline of `seconds` (0: none), measured by the monotonic clock, that also follows `signals`. */
export function startDeadline(what: string, seconds: number, signals: readonly (AbortSignal | undefined)[]): Deadline {
  const controller = new AbortController();
  const end = seconds > 0 ? performance.now() + seconds * 1000 : Number.POSITIVE_INFINITY;
  const expire = () => controller.abort(new TimeoutError(`${what}: timed out after ${seconds} s`));
  const timer = seconds > 0 ? setTimeout(expire, Math.min(seconds * 1000, 2 ** 31 - 1)) : undefined;
  const others = signals.filter((signal) => signal !== undefined);
  return {
    signal: others.length > 0 ? AbortSignal.any([controller.signal, ...others]) : controller.signal,
    remaining: () => end - performance.now(),
    stop: () => clearTimeout(timer),
  };
}
