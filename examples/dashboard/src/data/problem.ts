import {
  ApiError,
  AuthenticationError,
  ConnectionError,
  isKaggleError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ValidationError,
} from 'kaggle-ts/browser';

/** What a page shows of an error. */
export interface ProblemText {
  /** What failed, in a few words. */
  title: string;
  /** Why, and what to do. */
  detail: string;
  /** What helps, where the page can offer it. */
  action?: 'retry' | 'sign-in' | 'choose-file';
}

/** Describes an error for the page. Messages of kaggle-ts contain no secrets and say what to do. */
export function describe(error: unknown): ProblemText {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof ConnectionError) {
    const detail = navigator.onLine ? 'The server cannot be reached.' : 'This device has no network.';
    return { title: 'No connection', detail: `${detail} Check the connection, then retry.`, action: 'retry' };
  }
  if (error instanceof AuthenticationError) return { title: 'Signed out', detail, action: 'sign-in' };
  if (error instanceof PermissionError) return { title: 'Not allowed', detail };
  if (error instanceof NotFoundError) return { title: 'Not found', detail };
  if (error instanceof RateLimitError) return { title: 'Too many requests', detail, action: 'retry' };
  if (error instanceof ValidationError) return { title: 'Invalid input', detail };
  if (error instanceof ApiError) return { title: 'Kaggle returned an error', detail, action: 'retry' };
  return { title: isKaggleError(error) ? 'That did not work' : 'Something went wrong', detail, action: 'retry' };
}
