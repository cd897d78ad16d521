/** Parts but the last are multiples of this: the storage refuses others. */
const granule = 256 * 1024;

/** Milliseconds: a request below this is mostly waiting for the storage, and a longer one costs more when it is lost. */
const short = 1000;
const long = 8000;

/** What the last request of an upload in parts was like. */
export interface PartMeasure {
  readonly milliseconds: number;
  readonly failed: boolean;
  /** The most that a part may have. */
  readonly largest: number;
}

/**
 * Bytes of the next part. Each part costs a round trip in which nothing flows, so parts double as long as they are
 * over in a second; they are halved after a failure, and when they take so long that losing one would be dear. Always
 * a multiple of 256 KiB.
 */
export function nextPartSize(size: number, { milliseconds, failed, largest }: PartMeasure): number {
  const wanted = failed || milliseconds > long ? size / 2 : milliseconds < short ? size * 2 : size;
  return Math.max(granule, Math.floor(Math.min(wanted, largest) / granule) * granule);
}
