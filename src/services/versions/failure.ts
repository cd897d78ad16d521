import { ApiError, ConnectionError, PermissionError, RateLimitError } from '../../core/errors.ts';

/** A call that failed. */
export interface Failure {
  readonly error: unknown;
  /**
   * - `succeeded`: the server reports an error, but the call succeeded
   * - `rateLimited`: too many requests; nothing was done
   * - `lost`: no response, or one that does not tell whether the call succeeded
   * - `taken`: the name or the tokens are in use, perhaps by this very call
   * - `denied`: no permission; Kaggle also says so while the first version is being processed
   * - `refused`: nothing was done
   * - `other`: the error is not from the server
   */
  readonly kind: 'succeeded' | 'rateLimited' | 'lost' | 'taken' | 'denied' | 'refused' | 'other';
  readonly retryAfterMs?: number | undefined;
}

/** Classifies an error. `known`: what the area concludes from the text of a refusal. */
export function failureOf(error: unknown, known: 'succeeded' | 'taken' | undefined): Failure {
  if (known === 'succeeded') return { error, kind: known };
  if (error instanceof RateLimitError) return { error, kind: 'rateLimited', retryAfterMs: error.retryAfterMs };
  if (error instanceof ConnectionError || (error instanceof ApiError && error.status >= 500)) {
    return { error, kind: 'lost' };
  }
  if (known === 'taken') return { error, kind: known };
  if (error instanceof PermissionError) return { error, kind: 'denied' };
  return { error, kind: error instanceof ApiError ? 'refused' : 'other' };
}
