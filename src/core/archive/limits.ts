import { limit, positive } from '../options/field.ts';
import { type Shape, shape } from '../options/shape.ts';
import { archiveError } from './archive-error.ts';

/** Limits for unpacking an archive, against zip bombs. `Infinity` turns a limit off. */
export interface ArchiveLimits {
  /**
   * Maximum unpacked size of the whole archive, in bytes.
   * @default 1 TiB
   */
  maxBytes?: number | undefined;
  /**
   * Maximum number of entries, including folders.
   * @default 1,000,000
   */
  maxEntries?: number | undefined;
  /**
   * Maximum ratio of unpacked to packed size, for each entry and for the whole archive. Checked only above 64 MiB of unpacked
   * data: small files of repeated bytes are harmless.
   * @default 500
   */
  maxRatio?: number | undefined;
}

export const limitsField = (): Shape<ArchiveLimits> =>
  shape<ArchiveLimits>({ maxBytes: limit(), maxEntries: limit(), maxRatio: positive() });

/** Below this unpacked size, in bytes, the ratio is not checked. */
const minCheckedBytes = 64 * 2 ** 20;

/** Counts what an archive expands to. Its methods throw `TransferError` if a limit is exceeded. */
export interface Guard {
  /** Counts an entry. */
  entry(): void;
  /** Counts an entry of which `packed` bytes expand to `size`. */
  bytes(name: string, packed: number, size: number): void;
  /** Checks an entry that is being unpacked, without counting it. */
  watch(name: string, packed: number, size: number): void;
  /** Returns how many bytes an entry of unknown size may still expand to. */
  remainingBytes(): number;
}

/** Creates a guard for the archive called `file`. */
export function createGuard(file: string, limits: ArchiveLimits = {}): Guard {
  const { maxBytes = 2 ** 40, maxEntries = 1_000_000, maxRatio = 500 } = limits;
  let entries = 0;
  let packedInAll = 0;
  let sizeInAll = 0;
  const refuse = (why: string, option: string): never => {
    throw archiveError(file, `${why}; if you trust it, raise limits.${option}`);
  };
  const watch = (name: string, packed: number, size: number) => {
    if (size > minCheckedBytes && size > packed * maxRatio) {
      refuse(`"${name}" expands from ${packed} to ${size} bytes (possible zip bomb)`, 'maxRatio');
    }
  };
  return {
    entry() {
      if (++entries > maxEntries) refuse(`the archive has more than ${maxEntries} entries`, 'maxEntries');
    },
    bytes(name, packed, size) {
      packedInAll += packed;
      sizeInAll += size;
      if (sizeInAll > maxBytes) refuse(`the archive expands to more than ${maxBytes} bytes`, 'maxBytes');
      watch(name, packed, size);
      if (sizeInAll > minCheckedBytes && sizeInAll > packedInAll * maxRatio) {
        refuse(`the archive expands from ${packedInAll} to ${sizeInAll} bytes (possible zip bomb)`, 'maxRatio');
      }
    },
    watch,
    remainingBytes: () => Math.max(0, maxBytes - sizeInAll),
  };
}
