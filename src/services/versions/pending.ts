import type { Snapshot, VersionCall } from './versioned.ts';

/** A call that makes a version, as it was noted before it was made: what a later process compares with what it finds. */
export interface Pending {
  /** Stands in the notes of the version that the call makes; the first one has none. */
  readonly nonce: string;
  readonly call: VersionCall;
  /** The highest version before the call; 0 for none. */
  readonly before: number;
  /** What was sent: the title and the fingerprints of the files. Another text means another job. */
  readonly content: string;
}

/** Eight hexadecimal digits. */
export function newNonce(): string {
  return crypto.randomUUID().slice(0, 8);
}

/** The notes with the nonce, as people can read them. */
export function notesWith(notes: string, nonce: string | undefined): string {
  if (nonce === undefined) return notes;
  return `${notes}${notes ? ' ' : ''}(kaggle-ts ${nonce})`;
}

/** What a store holds, if it is such a note at all. */
export function readPending(value: unknown): Pending | undefined {
  const { nonce, call, before, content } = (value ?? {}) as Partial<Pending>;
  const whole =
    typeof nonce === 'string' &&
    /^[0-9a-f]{8}$/.test(nonce) &&
    (call === 'create' || call === 'version') &&
    typeof before === 'number' &&
    typeof content === 'string';
  return whole ? { nonce, call, before, content } : undefined;
}

/**
 * What a look tells about a call whose answer nobody got:
 * - `number`: it worked, and this is its version
 * - `absent`: everything is as it was before the call, so far
 * - `others`: there are newer versions, all of them shown with their notes, and none is ours
 * - `unclear`: there is a newer version, but nothing says whose
 */
export type Sighting = number | 'absent' | 'others' | 'unclear';

/** Looks for the version with the nonce. */
export function sightVersion(
  found: Snapshot | undefined,
  { nonce, before }: Pick<Pending, 'nonce' | 'before'>,
): Sighting {
  const tag = notesWith('', nonce);
  const shown = found?.versions ?? [];
  const ours = shown.find(({ number, notes }) => number > before && notes.includes(tag));
  if (ours) return ours.number;
  const latest = found?.latest ?? 0;
  if (latest <= before) return 'absent';
  const known = new Set(shown.filter(({ notes }) => notes !== '').map(({ number }) => number));
  for (let number = before + 1; number <= latest; number++) if (!known.has(number)) return 'unclear';
  return 'others';
}
