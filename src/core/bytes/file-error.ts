import { TransferError } from '../errors.ts';

/** The reason for each code of a Node error, or name of an error of Deno or a browser. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  NotFoundError: 'no such file',
  ENOTDIR: 'a parent of the path is not a folder',
  EISDIR: 'it is a folder, not a file',
  TypeMismatchError: 'expected a file but found a folder, or the other way round',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  NotAllowedError: 'permission denied',
  NoModificationAllowedError: 'the file is in use',
  NotReadableError: 'it changed or became unreadable after it was opened',
  NotCapable: 'permission denied; run deno with --allow-read and --allow-write',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  QuotaExceededError: 'the storage quota is used up',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many levels of symbolic links',
  EBUSY: 'the file is in use',
  ERR_INVALID_ARG_VALUE: 'the path contains an invalid character',
};

/** The code of a Node error, or the name of an error of Deno or a browser. */
export function errorCode(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : '';
}

/** Whether the error means that a path does not exist. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'NotFoundError';
}

/** An error that says which action failed for `path`, and why. Errors of this package pass unchanged. */
export function fileError(action: string, path: string, cause: unknown): TransferError {
  if (cause instanceof TransferError) return cause;
  const missing = /folder|list/.test(action) && isMissing(cause);
  const code = errorCode(cause);
  // Firefox aborts reads of a changed file in the origin private file system. Nobody else does: reads take no signal.
  const isChanged = action === 'read' && code === 'AbortError';
  const reason = missing
    ? 'no such folder'
    : (reasons[isChanged ? 'NotReadableError' : code] ?? (cause instanceof Error ? cause.message : String(cause)));
  return new TransferError(`cannot ${action} "${path}": ${reason}`, { file: path, cause });
}
