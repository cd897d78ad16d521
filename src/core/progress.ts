/**
 * By what a transfer was checked: the storage's checksum of the object, the checksum that a zip archive has of an entry
 * (`crc32`), the number of bytes, or nothing at all.
 */
export type Verified = 'crc32c' | 'md5' | 'crc32' | 'length' | 'none';

export const verifications: readonly Verified[] = ['crc32c', 'md5', 'crc32', 'length', 'none'];

/** What a transfer reports. The same shape for uploads, downloads, archives and whole jobs. */
export interface Progress {
  /** The file concerned, as it is named in the dataset, the output or the archive. */
  file: string;
  /** Bytes of this file that are done; never falls, never above `total`. */
  transferred: number;
  /** Bytes of this file in all, or `undefined` if the server does not say. */
  total: number | undefined;
  phase: 'upload' | 'download' | 'unpack' | 'done';
  /** Bytes a second over the last few seconds; `undefined` until that can be said. */
  rate: number | undefined;
  /** Seconds until the file is done at that rate; `undefined` without a rate or a total. */
  eta: number | undefined;
  /** 1 at first, one more each time that the transfer had to begin a new request after a failure. */
  attempt: number;
  /** With `done`: what proved the content. `length`: nothing but its length, as the storage announces no checksum. */
  verified?: Verified;
}

/** Options of uploads and downloads. */
export interface TransferOptions {
  /** Aborts the transfer; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called while bytes are transferred, and once when each file is done. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** How many files are under way at once; default the platform's. */
  concurrency?: number | undefined;
}
