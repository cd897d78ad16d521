import type { KaggleClient } from '../../core/rpc/client.ts';
import type { Sleep } from '../../core/transfer/pause.ts';
import { sightVersion } from './pending.ts';
import { lookFor } from './settle.ts';
import type { Snapshot, Versioned } from './versioned.ts';

/** What is known of a version that a call made, or may have made. */
export interface Trace {
  /** The highest version before the call. */
  readonly before: number;
  /** As they were sent, with the mark if there is one. */
  readonly notes: string;
  readonly nonce: string | undefined;
}

/**
 * Which version is ours, as far as a look tells: its number, `waiting` where it is not shown yet, or `unclear` where
 * there are newer versions and nothing says whose they are. Never one that may be another's: the number of ours is one
 * more than before only if nobody else made one in the same moment. Pure.
 */
export function sightMade(
  found: Snapshot | undefined,
  { before, notes, nonce }: Trace,
): number | 'waiting' | 'unclear' {
  if (nonce !== undefined) {
    const sighting = sightVersion(found, { nonce, before });
    return sighting === 'absent' || sighting === 'others' ? 'waiting' : sighting;
  }
  const latest = found?.latest ?? 0;
  if (latest <= before) return 'waiting';
  const newer = (found?.versions ?? []).filter(({ number }) => number > before);
  const others = newer.filter((version) => version.notes && version.notes !== notes);
  if (others.length === latest - before) return 'waiting';
  return newer.length === 1 && latest === before + 1 && others.length === 0 ? latest : 'unclear';
}

/** The number of the version just made, once it is shown; the call does not say it. `undefined` where it cannot be told. */
export async function findVersion(
  client: KaggleClient,
  thing: Versioned<unknown>,
  trace: Trace,
  options: { signal: AbortSignal; sleep?: Sleep | undefined },
): Promise<number | undefined> {
  const { name } = thing;
  try {
    const found = await lookFor(thing, (now) => sightMade(now, trace), options);
    if (typeof found?.made === 'number') return found.made;
    client.log(`${name}: a version was made, and is not shown yet: its number is not known`);
  } catch (error) {
    options.signal.throwIfAborted();
    client.log(`${name}: a version was made; its number could not be looked up (${(error as Error).message})`);
  }
  return undefined;
}
