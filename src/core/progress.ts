/** What a transfer reports. The same shape for uploads, downloads and whole jobs. */
export interface Progress {
  /** The file concerned, as it is named in the dataset or output. */
  file: string;
  /** Bytes of this file that are done; never falls, never above `total`. */
  transferred: number;
  /** Bytes of this file in all, or `undefined` if the server does not say. */
  total: number | undefined;
  phase: 'upload' | 'download' | 'done';
}

export interface TransferOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** How many files are under way at once; default the platform's. */
  concurrency?: number;
}
