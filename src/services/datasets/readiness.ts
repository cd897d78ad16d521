/** What one look-up of a dataset tells about one of its versions. */
export interface VersionState {
  /** The version to wait for; `undefined` for the current one. */
  readonly wanted: number | undefined;
  /** GetDataset's currentVersionNumber; 0 if unknown. */
  readonly current: number;
  /** Status of the wanted version in GetDataset's list of versions; often missing. */
  readonly listed: string | undefined;
  /** GetDatasetStatus: the status of some version, it does not say which. */
  readonly status: string;
}

export type Readiness = 'ready' | 'failed' | 'maybe failed' | 'pending';

const failures = new Set(['FAILED', 'DELETED']);

/** The bare name of a status, without Kaggle's prefix. */
export function plainStatus(status: string | undefined): string {
  return (status ?? '').toUpperCase().replace(/^DATABUNDLE_VERSION_STATUS_/, '');
}

/**
 * Whether the wanted version can be used. While the dataset shows an older version as current, the status may be that of the
 * older one. So READY counts only if the wanted version is the current one (or older) and its own entry agrees; a failure that
 * may belong to an older version is uncertain.
 */
export function readinessOf({ wanted, current, listed, status }: VersionState): Readiness {
  const own = plainStatus(listed);
  const shown = plainStatus(status);
  if (failures.has(own)) return 'failed';
  if (wanted === undefined || current === wanted) {
    if (failures.has(shown)) return 'failed';
    return shown === 'READY' && (own === '' || own === 'READY') ? 'ready' : 'pending';
  }
  // A newer version is current: this one was ready before it, unless its own entry says otherwise.
  if (current > wanted) return own === '' || own === 'READY' ? 'ready' : 'pending';
  return failures.has(shown) ? 'maybe failed' : 'pending';
}
