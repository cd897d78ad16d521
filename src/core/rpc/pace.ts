/**
 * How fast requests may be sent, as pure functions: `(pace, event) -> pace`. Time accrues as credit, and each request spends some,
 * so that a few requests can be sent at once after a quiet time. See paced.ts for the effects.
 */
export interface Pace {
  /** Milliseconds that requests can spend. */
  readonly credit: number;
  /** Milliseconds without any request, before credit accrues again: the server asked for a pause. */
  readonly hold: number;
  /** Factor by which requests are rarer than asked for. 1 until the server refuses one. */
  readonly slowness: number;
  /** Number of slowdowns. Requests that were sent before the last one say nothing about the pace since. */
  readonly slowdowns: number;
  /** Time of the last `refill`, in milliseconds since 1970. */
  readonly at: number;
}

/** Requests that can be sent at once after a quiet time. */
export const burst = 10;

/** Maximum of `Pace.slowness`: at 30 requests per minute, one in 64 seconds. */
const slowest = 32;

/** Share of the slowness that remains after a response: about 25 of them make up for one refusal. */
const recovery = 0.97;

/** Maximum pause in milliseconds that a server can ask for. */
const longestHold = 900_000;

/** The pace before the first request. */
export function startPace(now: number): Pace {
  return { credit: Number.POSITIVE_INFINITY, hold: 0, slowness: 1, slowdowns: 0, at: now };
}

/** Adds the time that has passed. A clock that was set back counts as no time. */
export function refill(pace: Pace, now: number): Pace {
  const passed = Math.max(0, now - pace.at);
  const held = Math.min(pace.hold, passed);
  return { ...pace, at: now, hold: pace.hold - held, credit: pace.credit + passed - held };
}

/** Milliseconds until a request can be sent, at one request per `interval` milliseconds. */
export function delayOf({ credit, hold, slowness }: Pace, interval: number): number {
  return hold + Math.max(0, interval * slowness - credit);
}

/** After a request was sent. */
export function spend(pace: Pace, interval: number): Pace {
  const cost = interval * pace.slowness;
  return { ...pace, credit: Math.min(pace.credit, burst * cost) - cost };
}

/** After the response to a request that was sent when `Pace.slowdowns` was `sentAt`: the pace recovers from a refusal. */
export function speedUp(pace: Pace, sentAt: number): Pace {
  if (sentAt !== pace.slowdowns) return pace;
  return { ...pace, slowness: Math.max(1, pace.slowness * recovery) };
}

/**
 * After a response that asks for a pause (Retry-After, in milliseconds), which is lengthened by up to a tenth at random, so that
 * processes do not continue in lockstep.
 */
export function pause(pace: Pace, retryAfterMs: number, random: number): Pace {
  return { ...pace, credit: 0, hold: Math.max(pace.hold, Math.min(longestHold, retryAfterMs * (1 + random / 10))) };
}

/** After a refusal (429) of a request that was sent when `Pace.slowdowns` was `sentAt`. Halves the pace, once for all of them. */
export function slowDown(pace: Pace, sentAt: number): Pace {
  if (sentAt !== pace.slowdowns) return pace;
  return { ...pace, credit: 0, slowness: Math.min(slowest, pace.slowness * 2), slowdowns: pace.slowdowns + 1 };
}
