import { TransferError } from '../errors.ts';

/** The error for an archive that is not what it should be. */
export function broken(file: string, what: string): TransferError {
  return new TransferError(`${file} cannot be unpacked: ${what}`, { file });
}
