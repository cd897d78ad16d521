import { TransferError } from '../../errors.ts';

/** The error of an upload that failed. `why` says the reason, and what to do about it. */
export function uploadError(file: string, why: string, cause?: unknown): TransferError {
  return new TransferError(`cannot upload "${file}": ${why}`, { file, cause });
}
