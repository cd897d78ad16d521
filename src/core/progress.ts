/**
 * How the content of a transfer was verified: by the storage's checksum (`crc32c`, `md5`), by the checksum of an entry in a zip
 * archive (`crc32`), by the number of bytes (`length`), or not at all (`none`).
 */
export type Verified = 'crc32c' | 'md5' | 'crc32' | 'length' | 'none';

/** All values of `Verified`. */
export const verifications: readonly Verified[] = ['crc32c', 'md5', 'crc32', 'length', 'none'];

/** Progress of one file, for uploads, downloads and archives. */
export interface Progress {
  /** Name of the file in the dataset, the output or the archive. */
  file: string;
  /** Bytes of this file that were transferred. Never decreases and never exceeds `total`. */
  transferred: number;
  /** Size of this file in bytes; `undefined` if the server does not announce it. */
  total: number | undefined;
  /** The current step of this file; `done` is reported once, at the end. */
  phase: 'upload' | 'download' | 'unpack' | 'done';
  /** Bytes per second, averaged over the last seconds; `undefined` at first. */
  rate: number | undefined;
  /** Estimated seconds left for this file; `undefined` without a rate or a total. */
  eta: number | undefined;
  /** 1 for the first attempt; increases with each new request after a failure. */
  attempt: number;
  /** How the content was verified; with `done` only. */
  verified?: Verified;
}

/** Options of all transfers. */
export interface TransferOptions {
  /** Aborts the transfer, which rejects with the reason of the signal. */
  signal?: AbortSignal | undefined;
  /** Called while bytes are transferred, and once when each file is done. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Number of files that are transferred at the same time. @default The platform's `concurrency`. */
  concurrency?: number | undefined;
}
