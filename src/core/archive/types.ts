import type { TransferOptions } from '../progress.ts';
import type { ArchiveLimits } from './limits.ts';

/** Options of unpacking. */
export interface UnpackOptions extends TransferOptions {
  /** Name of the archive in progress events and errors. */
  file: string;
  /** Limits, against zip bombs. */
  limits?: ArchiveLimits | undefined;
  /**
   * Unpacks only the entries for which it returns `true`.
   * @default all
   */
  filter?: ((name: string) => boolean) | undefined;
  /**
   * Returns the name for an entry in the folder.
   * @default its name in the archive
   */
  rename?: ((name: string) => string) | undefined;
  /**
   * Names that the archive must contain. If one is missing, unpacking fails: before anything is written if the storage supports
   * Range requests, else at the end.
   */
  complete?: ReadonlySet<string> | undefined;
  /**
   * Keeps existing files with the same size and CRC-32 instead of fetching them.
   * @default true
   */
  keep?: boolean | undefined;
  /**
   * Seconds without data after which a request is retried; 0 for no limit.
   * @default 60
   */
  stallTimeout?: number | undefined;
  /**
   * Attempts in a row without new data before the transfer fails.
   * @default 5
   */
  retries?: number | undefined;
}

/** An unpacked file. */
export interface UnpackedFile {
  /** Name in the archive, with `/` between folders. */
  name: string;
  /** Path in the file system, if the target is a path. */
  path?: string;
  /** Bytes. */
  size: number;
  /** `crc32`: size and CRC-32 match the archive. `length`: only the size does, as tar has no checksums of its files. */
  verified: 'crc32' | 'length';
  /** Set if the file existed already with the same bytes and was not fetched. */
  skipped?: true;
}
