import { TransferError } from '../errors.ts';

/** The error for an archive that is not unpacked. `why` says the reason, and what to do about it. */
export function archiveError(file: string, why: string): TransferError {
  return new TransferError(`cannot unpack "${file}": ${why}`, { file });
}

/** The error for an archive that is invalid. */
export const corruptArchive = (file: string, why: string): TransferError =>
  archiveError(file, `${why}; download it again`);

/** The error for an archive with content that is valid, but not supported. */
export const unsupportedArchive = (file: string, why: string): TransferError =>
  archiveError(file, `${why}; unpack it with another program`);
