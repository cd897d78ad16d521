import type { Snapshot } from './versioned.ts';

/** By what a version is recognised that a call made, or may have made. */
export interface Mark {
  /** The highest version before the call; 0 for none. */
  readonly before: number;
  /** As they were sent, with the nonce if there is one. */
  readonly notes: string;
  readonly nonce: string | undefined;
}

/** The notes with the nonce, as people can read them. */
export function notesWith(notes: string, nonce: string | undefined): string {
  if (nonce === undefined) return notes;
  return `${notes}${notes ? ' ' : ''}(kaggle-ts ${nonce})`;
}

/**
 * What a look tells about a version:
 * - `number`: it is there, with this number
 * - `absent`: everything is as it was before the call, so far
 * - `others`: there are newer versions, all of them of others as their notes show
 * - `unclear`: there are newer versions, and nothing says whose they are
 */
export type Sighting = number | 'absent' | 'others' | 'unclear';

/**
 * Which version is ours. Never one that may be another's: the number of ours is one more than before only if nobody else
 * made one in the same moment.
 */
export function findVersion(found: Snapshot | undefined, { before, notes, nonce }: Mark): Sighting {
  const latest = found?.latest ?? 0;
  const newer = (found?.versions ?? []).filter(({ number }) => number > before);
  if (nonce !== undefined) {
    const text = notesWith('', nonce);
    const ours = newer.find((version) => version.notes.includes(text));
    if (ours) return ours.number;
  }
  if (latest <= before) return 'absent';
  // Without a nonce others can be told apart only where their notes differ.
  const others = newer.filter((version) => version.notes && (nonce !== undefined || version.notes !== notes));
  if (new Set(others.map(({ number }) => number)).size === latest - before) return 'others';
  const only = nonce === undefined && newer.length === 1 && latest === before + 1 && others.length === 0;
  return only ? latest : 'unclear';
}
