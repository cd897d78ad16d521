import { errorCode, fileError } from '../../core/bytes/file-error.ts';
import { TransferError } from '../../core/errors.ts';

/** Whether an error means that the disk, or what the browser grants the site of it, is full. */
export function isFull(error: unknown): boolean {
  return errorCode(error) === 'QuotaExceededError';
}

/** Bytes in decimal units: `1.5 MB`. */
function inUnits(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/**
 * Says what is known about the space, and what to do: the second half of a message about full storage.
 *
 * @param needed - Bytes that are missing, if known.
 */
export async function spaceLeft(needed?: number): Promise<string> {
  const { storage } = navigator as Partial<Navigator>;
  const { quota = 0, usage } = (await storage?.estimate?.().catch(() => undefined)) ?? {};
  const counts = needed === undefined ? [] : [`${inUnits(needed)} needed`];
  if (usage !== undefined) {
    counts.push(`${inUnits(usage)} used`);
    const free = Math.max(0, quota - usage);
    // Browsers hide the size of the disk: they may report far more than there is.
    if (free < (needed ?? 0)) counts.push(`${inUnits(free)} free`);
  }
  const known = counts.length > 0 ? ` (${counts.join(', ')})` : '';
  return `the browser's storage for this site is full${known}; delete data of this site or free disk space, then try again`;
}

/** The error of a failed write to `path`. `needed`: bytes that are missing, if known. */
export async function writeError(path: string, cause: unknown, needed?: number): Promise<TransferError> {
  if (!isFull(cause)) return fileError('write', path, cause);
  return new TransferError(`cannot write "${path}": ${await spaceLeft(needed)}`, { file: path, cause });
}
