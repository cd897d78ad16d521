/** What was seen of a kernel around one look at its status. */
export interface VersionEvidence {
  /** The version that is meant; `undefined` for whichever is the latest. */
  versionNumber: number | undefined;
  /** GetKernel's currentVersionNumber from before the look. `undefined`: the server does not tell. */
  before: number | undefined;
  /** The same from after the look, where it was asked again. */
  after?: number | undefined;
  /** Whether the request with a versionLabel was answered, refused, or sent without one. */
  label: 'accepted' | 'refused' | 'none';
  /** Whether a label of a version that does not exist is refused; `undefined` until that was tried. */
  honoured?: boolean | undefined;
}

/**
 * - `ours`: the answer is about the version that is meant.
 * - `not-yet`: the server still shows an older version.
 * - `superseded`: the answer is about a newer version that somebody else pushed.
 * - `unknown`: nothing tells which version the answer is about.
 * - `probe`: it depends on whether the server looks at labels at all; try a label that cannot exist.
 */
export type Verdict = 'ours' | 'not-yet' | 'superseded' | 'unknown' | 'probe';

/**
 * Decides which version an answer is about. An accepted label proves nothing by itself, since a server may ignore it:
 * the answer is taken as ours only when the version was current before the question and no newer one has come since,
 * or when labels are known to be looked at.
 */
export function judge({ versionNumber, before, after, label, honoured }: VersionEvidence): Verdict {
  if (versionNumber === undefined) return 'ours';
  if (label === 'accepted' && honoured) return 'ours';
  if (before === undefined) {
    // Nothing can come before a first version.
    if (versionNumber === 1 && (after ?? 1) <= 1) return 'ours';
    return label === 'accepted' && honoured === undefined ? 'probe' : 'unknown';
  }
  if (before < versionNumber) return 'not-yet';
  if (Math.max(before, after ?? before) === versionNumber) return 'ours';
  return label === 'accepted' && honoured === undefined ? 'probe' : 'superseded';
}

/** Whether a session with this status has ended. Names that Kaggle may add later count as not ended. */
export function isTerminal(status: string): boolean {
  return status === 'COMPLETE' || status === 'ERROR' || status === 'CANCEL_ACKNOWLEDGED';
}

/** Whether a session with this status has not started yet, so that what the server shows may be the one before. */
export function isWaiting(status: string): boolean {
  return status === 'QUEUED' || status === 'NEW_SCRIPT';
}
