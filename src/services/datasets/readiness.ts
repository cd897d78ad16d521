/** What one look at a dataset tells about one version of it. */
export interface VersionState {
  /** The version that is waited for; `undefined` for whichever is current. */
  readonly wanted: number | undefined;
  /** GetDataset's currentVersionNumber; 0 if unknown. */
  readonly current: number;
  /** The status in GetDataset's list of versions, for the wanted one; often missing. */
  readonly listed: string | undefined;
  /** GetDatasetStatus: of some version, it does not say which. */
  readonly status: string;
}

export type Readiness = 'ready' | 'failed' | 'maybe failed' | 'pending';

const failures = new Set(['FAILED', 'DELETED']);

/** The bare name of a status, however it is written. */
export function plainStatus(status: string | undefined): string {
  return (status ?? '').toUpperCase().replace(/^DATABUNDLE_VERSION_STATUS_/, '');
}

/**
 * Whether the wanted version can be used. The status alone proves nothing as long as the dataset shows an older version
 * as its current one: it may be that version's. So a READY counts only when the wanted version is the current one (or
 * an older one) and its own entry does not say otherwise; a failure that may be an older version's is only a hint.
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
