import { ApiError, ConnectionError } from '../errors.ts';

/** Longest pause that a server's Retry-After can ask for, in milliseconds: a larger one ends the call instead. */
export const maxRetryAfterMs = 120_000;

const transientStatus = [408, 425, 429, 500, 502, 503, 504];

/** Whether the same call may succeed a moment later: no answer came, or the server says that it is busy. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ApiError)) return error instanceof ConnectionError;
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
 * The pause before retry number `attempt` (1 is the first), in milliseconds: Retry-After if the server gave one, else
 * half a second doubled each time up to 30 s, less up to a quarter at random so that clients do not march in step.
 * `undefined` when the server asks for more than `maxRetryAfterMs`: waiting so long is the caller's decision.
 */
export function retryDelay(
  attempt: number,
  retryAfterMs?: number,
  random: () => number = Math.random,
): number | undefined {
  if (retryAfterMs !== undefined) return retryAfterMs > maxRetryAfterMs ? undefined : retryAfterMs + 50 * random();
  return Math.min(30_000, 500 * 2 ** (attempt - 1)) * (1 - random() / 4);
}
