import { limit, positive } from '../options/field.ts';
import { type Shape, shape } from '../options/shape.ts';
import { broken } from './broken.ts';

/** What an archive may at most become. Every member has a default; `Infinity` turns one off. */
export interface ArchiveLimits {
  /** Bytes unpacked in all; default 1 TiB. */
  maxBytes?: number | undefined;
  /** Entries, folders included; default 1,000,000. */
  maxEntries?: number | undefined;
  /**
   * How many times its packed size an entry, or all together, may have when unpacked; default 500. Looked at only above
   * 64 MiB unpacked: small files of one repeated byte are harmless.
   */
  maxRatio?: number | undefined;
}

export const limitsField = (): Shape<ArchiveLimits> =>
  shape<ArchiveLimits>({ maxBytes: limit(), maxEntries: limit(), maxRatio: positive() });

/** Below this many unpacked bytes the ratio is not looked at. */
const harmless = 64 * 2 ** 20;

/** Counts what an archive has become so far. Its methods throw `TransferError` when that is more than is allowed. */
export interface Guard {
  /** Another entry was met. */
  entry(): void;
  /** An entry, of which `packed` bytes became `size`; what is not known yet counts later. */
  bytes(name: string, packed: number, size: number): void;
  /** Looks at an entry that is under way, without counting it. */
  watch(name: string, packed: number, size: number): void;
  /** How many bytes a single entry may still become; for those whose size is not announced. */
  room(): number;
}

/** A guard for the archive called `file`. */
export function createGuard(file: string, limits: ArchiveLimits = {}): Guard {
  const { maxBytes = 2 ** 40, maxEntries = 1_000_000, maxRatio = 500 } = limits;
  let entries = 0;
  let packedInAll = 0;
  let sizeInAll = 0;
  const refuse = (why: string, option: string): never => {
    throw broken(file, `${why}; if you trust it, raise limits.${option}`);
  };
  const watch = (name: string, packed: number, size: number) => {
    if (size > harmless && size > packed * maxRatio) {
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
      if (sizeInAll > harmless && sizeInAll > packedInAll * maxRatio) {
        refuse(`the archive expands from ${packedInAll} to ${sizeInAll} bytes (possible zip bomb)`, 'maxRatio');
      }
    },
    watch,
    room: () => Math.max(0, maxBytes - sizeInAll),
  };
}
