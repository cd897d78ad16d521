import { TransferError } from '../errors.ts';

/** The error for an archive that is invalid or unsupported. `why` says the reason. */
export function archiveError(file: string, why: string): TransferError {
  return new TransferError(`cannot unpack "${file}": ${why}`, { file });
}
