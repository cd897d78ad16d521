import { TransferError } from '../../core/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  NotFoundError: 'there is no such file',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  TypeMismatchError: 'a part of the path is a file where a folder is needed, or the other way round',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  NotAllowedError: 'permission denied',
  NoModificationAllowedError: 'it is in use elsewhere',
  NotReadableError: 'it changed or became unreadable after it was opened',
  NotCapable: 'permission denied (Deno needs --allow-read and --allow-write for it)',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  QuotaExceededError: 'the storage quota is used up',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links go round in a circle',
  EBUSY: 'it is in use elsewhere',
  ERR_INVALID_ARG_VALUE: 'the path has a character that no path may have',
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
