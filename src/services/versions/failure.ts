import { ApiError, ConnectionError, PermissionError, RateLimitError } from '../../core/errors.ts';

/** A call that did not succeed. */
export interface Failure {
  readonly error: unknown;
  /**
   * - `made`: it has worked all the same, as the server says
   * - `limited`: too many requests; nothing was done
   * - `lost`: no answer, or one that does not say whether the call has worked
   * - `taken`: the name or the tokens are in use, maybe by this very call
   * - `denied`: refused for want of permission; so is a version while the first one is in work
   * - `refused`: nothing was done
   * - `other`: the error is not of the server
   */
  readonly means: 'made' | 'limited' | 'lost' | 'taken' | 'denied' | 'refused' | 'other';
  readonly retryAfterMs?: number | undefined;
}

/** What a failure means. `said`: what the area knows of the words of a refusal. */
export function failureOf(error: unknown, said: 'made' | 'taken' | undefined): Failure {
  if (said === 'made') return { error, means: said };
  if (error instanceof RateLimitError) return { error, means: 'limited', retryAfterMs: error.retryAfterMs };
  if (error instanceof ConnectionError || (error instanceof ApiError && error.status >= 500)) {
    return { error, means: 'lost' };
  }
  if (said === 'taken') return { error, means: said };
  if (error instanceof PermissionError) return { error, means: 'denied' };
  return { error, means: error instanceof ApiError ? 'refused' : 'other' };
}
