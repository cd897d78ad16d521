import { ApiError, ConnectionError } from '../errors.ts';

/** Longest pause that a server's Retry-After can ask for, in milliseconds: a larger one ends the call instead. */
export const maxRetryAfterMs = 120_000;

const transientStatus = [408, 425, 429, 500, 502, 503, 504];

/** A 200 whose body is empty, a web page or half of its JSON: what stands before the API answers so now and then. */
export class UnreadableAnswer extends ApiError {}

/** Whether the same call may succeed a moment later: no answer came, or none that means anything, or the server is busy. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ApiError)) return error instanceof ConnectionError && !error.permanent;
  if (error instanceof UnreadableAnswer) return true;
  // A code in the JSON of a 200 means what the status means elsewhere.
  return transientStatus.includes(error.status < 400 ? error.code : error.status);
}

/**
 * What a Retry-After header asks for in milliseconds: seconds or an HTTP date. `undefined` if it is absent or unreadable,
 * and for no pause at all (0, or a date in the past of a server whose clock is behind): retries would all be spent at once.
 */
export function parseRetryAfter(header: string | null, now: number = Date.now()): number | undefined {
  const text = header ?? '';
  // Date.parse takes "-1" for a year.
  const ms = /[a-z]/i.test(text) ? Date.parse(text) - now : Number(text) * 1000;
  return ms > 0 ? ms : undefined;
}

/**
 * What the Retry-After of an answer asks for, in milliseconds. A date is compared with the server's own clock (`Date`) and with
 * ours, and the shorter pause counts: one of the two may be far off.
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const asked = headers.get('retry-after');
  if (asked === null) return undefined;
  const pauses = [Date.parse(headers.get('date') ?? ''), Date.now()].map((now) => parseRetryAfter(asked, now));
  const known = pauses.filter((ms) => ms !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/**
 * The pause before retry number `attempt` (1 is the first), in milliseconds: half a second doubled each time up to 30 s, less
 * up to a quarter at random so that clients do not march in step. A Retry-After makes it longer, never shorter, by up to a
 * tenth more than was asked for. `undefined` when the server asks for more than `maxRetryAfterMs`: waiting so long is the
 * caller's decision.
 */
export function retryDelay(
  attempt: number,
  retryAfterMs: number = 0,
  random: () => number = Math.random,
): number | undefined {
  if (retryAfterMs > maxRetryAfterMs) return undefined;
  const own = Math.min(30_000, 500 * 2 ** (attempt - 1)) * (1 - random() / 4);
  return Math.max(own, Math.min(maxRetryAfterMs, retryAfterMs * (1 + random() / 10)));
}
