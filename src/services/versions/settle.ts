import { ApiError, ConnectionError, RateLimitError } from '../../core/errors.ts';
import { pauseFor, type Sleep } from '../../core/transfer/pause.ts';
import type { Snapshot } from './versioned.ts';

/** How often a version is looked for after an answer was lost, with pauses of half a second, doubled each time. */
const looks = 5;

/** How often the call is made in all. */
const attempts = 4;

/** Whether the server may have carried out a call that ended like this. */
function isAmbiguous(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && error.status >= 500);
}

/** Whether the call has worked, as far as a look tells; `waiting`: not as far as can be seen yet. */
export type Look<Made> = (found: Snapshot | undefined) => Made | 'waiting' | Promise<Made | 'waiting'>;

/** What is looked at. */
interface Visible {
  lookUp(signal: AbortSignal): Promise<Snapshot | undefined>;
}

/** Looks, with pauses, until that tells that the call has worked; `undefined` if it never does. */
export async function lookFor<Made>(
  thing: Visible,
  look: Look<Made>,
  options: { signal: AbortSignal; sleep?: Sleep | undefined },
): Promise<{ made: Made } | undefined> {
  const { signal } = options;
  for (let attempt = 1; attempt <= looks; attempt++) {
    const made = await look(await thing.lookUp(signal));
    if (made !== 'waiting') return { made: made as Made };
    if (attempt < looks) await pauseFor({ attempt }, signal, options.sleep);
  }
  return undefined;
}

/**
 * Makes the call that turns uploaded files into a version. A refusal for too many requests did nothing, so it is made
 * again after the pause that was asked for. After a lost answer it is not repeated blindly: first it looks whether the
 * version has appeared, and only when it does not show is the call made again. Resolves to the answer, or to what the
 * look found when the version is there but its answer was lost. `onLost` is told when an answer was lost: from then on
 * a failure does not say whether the version was made.
 */
export async function settle<Answer, Made>(
  thing: Visible,
  look: Look<Made>,
  send: () => Promise<Answer>,
  options: { signal: AbortSignal; sleep?: Sleep | undefined; onLost?: () => void },
): Promise<{ answer: Answer } | { made: Made }> {
  const { signal } = options;
  let lost = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return { answer: await send() };
    } catch (error) {
      if (isAmbiguous(error) || signal.aborted) options.onLost?.();
      signal.throwIfAborted();
      const refused = error instanceof RateLimitError;
      // Refused the second time because the first one had worked, or lost: only a look can tell.
      if (!refused && (isAmbiguous(error) || lost)) {
        const found = await lookFor(thing, look, options);
        if (found) return found;
        lost = true;
      }
      if (attempt >= attempts || !(refused || isAmbiguous(error))) throw error;
      const retryAfterMs = refused ? error.retryAfterMs : undefined;
      await pauseFor({ attempt, retryAfterMs }, signal, options.sleep);
    }
  }
}
