/** All parts but the last are multiples of this, in bytes: the storage rejects others. */
const granule = 256 * 1024;

/** Milliseconds. A shorter request is mostly waiting for the storage; a longer one costs more when it is lost. */
const fast = 1000;
const slow = 8000;

/** How the last request of an upload in parts went. */
export interface PartMeasure {
  readonly milliseconds: number;
  readonly failed: boolean;
  /** Maximum size of a part, in bytes. */
  readonly largest: number;
}

/**
 * Size of the next part, in bytes. Each part costs a round trip without data, so parts double while they take less than a
 * second. They are halved after a failure, and when they take so long that losing one would be expensive. Always a multiple of
 * 256 KiB.
 */
export function nextPartSize(size: number, { milliseconds, failed, largest }: PartMeasure): number {
  const wanted = failed || milliseconds > slow ? size / 2 : milliseconds < fast ? size * 2 : size;
  return Math.max(granule, Math.floor(Math.min(wanted, largest) / granule) * granule);
}
