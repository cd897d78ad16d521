import type { TransferOptions } from '../progress.ts';
import type { ArchiveLimits } from './limits.ts';

export interface UnpackOptions extends TransferOptions {
  /** What the archive is called in progress and errors. */
  file: string;
  /** What it may at most become. */
  limits?: ArchiveLimits | undefined;
  /** Only the entries that it says yes to. */
  filter?: ((name: string) => boolean) | undefined;
  /** The name under which an entry is put into the folder; default its own. */
  rename?: ((name: string) => string) | undefined;
  /** Names that must all be in the archive; else nothing is unpacked, if its directory can be read first. */
  complete?: ReadonlySet<string> | undefined;
  /** Files that are there with the right size and CRC-32 are kept; default `true`. */
  keep?: boolean | undefined;
  /** Seconds without a byte after which the connection counts as lost; default 60, 0 for no limit. */
  stallTimeout?: number | undefined;
  /** Attempts in a row without a new byte before it gives up; default 5. */
  retries?: number | undefined;
}

/** A file that was unpacked, or was there already with the same bytes. */
export interface UnpackedFile {
  /** As it is named in the archive, with `/` between folders. */
  name: string;
  /** Where it is, when the target is a path. */
  path?: string;
  /** Bytes. */
  size: number;
  /** Length and CRC-32 are those that the archive says; a tar archive has no checksum of the content. */
  verified: 'crc32' | 'length';
  /** It was there already, with the same bytes: it was not fetched. */
  skipped?: true;
}
