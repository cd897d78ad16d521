import { ApiError, ConnectionError } from '../errors.ts';

/** Longest pause in milliseconds that Retry-After can request; a longer one ends the call instead. */
export const maxRetryAfterMs = 120_000;

const transientStatus = [408, 425, 429, 500, 502, 503, 504];

/** A 200 with an empty body, a web page or truncated JSON, which Kaggle's edge servers occasionally return (observed). */
export class UnreadableAnswer extends ApiError {}

/** Whether a retry may succeed: there was no response, an unreadable one, or the server is busy. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ApiError)) return error instanceof ConnectionError && !error.permanent;
  if (error instanceof UnreadableAnswer) return true;
  // In a 200, the code in the JSON has the meaning of the status.
  return transientStatus.includes(error.status < 400 ? error.code : error.status);
}

/**
 * Parses Retry-After (seconds or an HTTP date) to milliseconds. Returns `undefined` if it is absent, unreadable or not in the
 * future: a pause of 0 would use up all retries at once.
 */
export function parseRetryAfter(header: string | null, now: number = Date.now()): number | undefined {
  const text = header ?? '';
  // Date.parse reads "-1" as a year.
  const ms = /[a-z]/i.test(text) ? Date.parse(text) - now : Number(text) * 1000;
  return ms > 0 ? ms : undefined;
}

/**
 * The pause in milliseconds that the Retry-After of a response requests. A date is compared with the server's clock (`Date`) and the
 * local one, and the shorter pause counts, as one of the clocks may be wrong.
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const header = headers.get('retry-after');
  if (header === null) return undefined;
  const pauses = [Date.parse(headers.get('date') ?? ''), Date.now()].map((now) => parseRetryAfter(header, now));
  const known = pauses.filter((ms) => ms !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/**
 * The pause in milliseconds before retry number `attempt` (1 is the first): half a second, doubled each time up to 30 s, minus up to a
 * quarter at random, so that clients do not retry in lockstep. Retry-After makes it longer, never shorter, with up to a tenth
 * added at random. Returns `undefined` if the server requests more than `maxRetryAfterMs`, which is the caller's decision.
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
