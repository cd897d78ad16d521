import { ApiError, ConnectionError, isKaggleError, TimeoutError, TransferError } from 'kaggle-ts/browser';

/** Why a transfer stopped, and so what helps. */
export type Cause =
  /** The network or the server is gone: wait, then continue. */
  | 'network'
  /** A file changed, is gone, or cannot be read: choose it again. */
  | 'file'
  /** Anything else: the user decides. */
  | 'other';

/** All errors behind an error. */
function* chain(error: unknown): Generator<unknown> {
  for (let at = error; at instanceof Error; at = at.cause) yield at;
}

/** Classifies an error of an upload or a download. */
export function causeOf(error: unknown): Cause {
  const errors = [...chain(error)];
  // What the browser throws for a file that changed on disk, or is gone.
  const isFile = (one: unknown) =>
    !isKaggleError(one) && /^(?:NotReadableError|NotFoundError)$/.test((one as Error).name);
  if (errors.some(isFile)) return 'file';
  if (error instanceof TransferError && /file changed|cannot read/i.test(error.message)) return 'file';
  const isNetwork = (one: unknown) =>
    (one instanceof ConnectionError && !one.permanent) ||
    one instanceof TimeoutError ||
    (one instanceof ApiError && (one.status >= 500 || one.status === 429)) ||
    (one instanceof TransferError && /times in a row without progress/.test(one.message));
  return errors.some(isNetwork) ? 'network' : 'other';
}
