import { KaggleError } from '../../core/errors.ts';
import type { Sleep } from '../../core/transfer/pause.ts';
import { notesWith, type Pending, type Sighting, sightVersion } from './pending.ts';
import { lookFor } from './settle.ts';
import type { Snapshot, Versioned } from './versioned.ts';

/**
 * Finds out what became of a call that an earlier process made, or was about to make, before it ended. Resolves to the
 * number of the version if it worked, to `undefined` if it did not: then it can be made. Throws `KaggleError` where
 * what is there does not tell.
 */
export async function recover(
  thing: Versioned<unknown>,
  pending: Pending,
  options: { signal: AbortSignal; sleep?: Sleep | undefined },
): Promise<number | undefined> {
  let sighting: Sighting = 'absent';
  let latest = 0;
  let differs: string | undefined;

  async function look(found: Snapshot | undefined): Promise<number | 'waiting'> {
    latest = found?.latest ?? 0;
    if (pending.call === 'version') sighting = sightVersion(found, pending);
    else if (!found) sighting = 'absent';
    else {
      differs = await thing.compareFirst(found, options.signal);
      sighting = differs === undefined ? 1 : 'unclear';
    }
    return typeof sighting === 'number' ? sighting : 'waiting';
  }

  const found = await lookFor(thing, look, options);
  if (found) return found.made;
  if (sighting === 'absent') return undefined;
  const { kind, name, page } = thing;
  const what =
    pending.call === 'create'
      ? `there is a ${kind} of that name now, but not with the title and exactly the files that were to be sent: ${differs}`
      : `version ${latest} is there now, where ${pending.before} was the last one, but no notes show the mark ${notesWith('', pending.nonce)}`;
  throw new KaggleError(
    `${name}: an earlier run ended while it made ${pending.call === 'create' ? `the ${kind}` : 'a version'}, and it ` +
      `cannot be told whether that worked: ${what}. Look at ${page}/versions; ` +
      `if what you want is not there, go on with the option resume: false`,
  );
}
