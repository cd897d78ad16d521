import { TimeoutError } from '../errors.ts';

/** A signal that follows others and aborts by itself after a time. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Milliseconds left; `Infinity` without a limit. */
  left(): number;
  /** Stops the clock, so that a body can be read for as long as it takes; aborts of the caller still pass through. */
  stop(): void;
}

/** Starts a deadline, by a clock that nobody can set, of `seconds` (0: none) that also follows the given signals, each with its own reason. */
export function startDeadline(what: string, seconds: number, signals: readonly (AbortSignal | undefined)[]): Deadline {
  const controller = new AbortController();
  const end = seconds > 0 ? performance.now() + seconds * 1000 : Number.POSITIVE_INFINITY;
  const expire = () => controller.abort(new TimeoutError(`${what}: no answer within ${seconds} s`));
  const timer = seconds > 0 ? setTimeout(expire, Math.min(seconds * 1000, 2 ** 31 - 1)) : undefined;
  const others = signals.filter((signal) => signal !== undefined);
  return {
    signal: others.length > 0 ? AbortSignal.any([controller.signal, ...others]) : controller.signal,
    left: () => end - performance.now(),
    stop: () => clearTimeout(timer),
  };
}
