import { TransferError } from '../errors.ts';

/** What went wrong, by the code of Node's errors or the name of the errors of Deno and browsers. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  NotFoundError: 'no such file',
  ENOTDIR: 'a parent of the path is not a folder',
  EISDIR: 'it is a folder, not a file',
  TypeMismatchError: 'a folder is where a file is expected, or a file where a folder is',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  NotAllowedError: 'permission denied',
  NoModificationAllowedError: 'it is in use elsewhere',
  NotReadableError: 'it changed or became unreadable after it was opened',
  NotCapable: 'permission denied (Deno needs --allow-read and --allow-write for it)',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  QuotaExceededError: 'the storage quota is used up',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many levels of symbolic links',
  EBUSY: 'it is in use elsewhere',
  ERR_INVALID_ARG_VALUE: 'the path contains a character that is not allowed',
};

/** The code of a Node error, or the name of an error of Deno or of a browser's. */
export function errorCode(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : '';
}

/** Whether the error says that nothing is at a path. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'NotFoundError';
}

/** An error that says in words what could not be done with `path`, and why. Our own errors pass unchanged. */
export function fileError(action: string, path: string, cause: unknown): TransferError {
  if (cause instanceof TransferError) return cause;
  const reason = reasons[errorCode(cause)] ?? (cause instanceof Error ? cause.message : String(cause));
  return new TransferError(`Cannot ${action} ${path}: ${reason}`, { file: path, cause });
}
