import type { Snapshot } from './versioned.ts';

/** How a version is recognized that a call created, or may have created. */
export interface Mark {
  /** Highest version before the call; 0 for none. */
  readonly before: number;
  /** The notes as sent, with the marker if there is one. */
  readonly notes: string;
  readonly nonce: string | undefined;
}

/** Appends the marker to the notes. */
export function notesWith(notes: string, nonce: string | undefined): string {
  if (nonce === undefined) return notes;
  return `${notes}${notes ? ' ' : ''}(kaggle-ts ${nonce})`;
}

/**
 * What a look-up tells about a version:
 * - a number: it exists, with this number
 * - `absent`: nothing changed since before the call, so far
 * - `others`: there are newer versions, all created by others, as their notes show
 * - `unclear`: there are newer versions, and nothing tells who created them
 */
export type SearchResult = number | 'absent' | 'others' | 'unclear';

/**
 * Finds our version. Never returns one that may be another's: ours is `before + 1` only if nobody else created one meanwhile.
 */
export function findVersion(found: Snapshot | undefined, { before, notes, nonce }: Mark): SearchResult {
  const latest = found?.latest ?? 0;
  const newer = (found?.versions ?? []).filter(({ number }) => number > before);
  if (nonce !== undefined) {
    const text = notesWith('', nonce);
    const ours = newer.find((version) => version.notes.includes(text));
    if (ours) return ours.number;
  }
  if (latest <= before) return 'absent';
  // Without a marker, only different notes tell versions apart.
  const others = newer.filter((version) => version.notes && (nonce !== undefined || version.notes !== notes));
  if (new Set(others.map(({ number }) => number)).size === latest - before) return 'others';
  const only = nonce === undefined && newer.length === 1 && latest === before + 1 && others.length === 0;
  return only ? latest : 'unclear';
}
