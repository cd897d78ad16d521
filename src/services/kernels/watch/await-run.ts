import type { KaggleClient } from '../../../core/client.ts';
import { NotFoundError, PermissionError } from '../../../core/errors.ts';
import { type PollOptions, poll } from '../../../core/poll.ts';
import { isTransient } from '../../../core/retry.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import type { Run } from '../run-ref.ts';
import { createObserver, type Look } from './observe.ts';

/** How many looks in a row may fail for a moment; each has the client's own retries behind it. */
const toleratedFailures = 4;
/** How many looks in a row may find nothing: for a moment after a push the server may not know the kernel yet. */
const toleratedAbsences = 6;

/** What an error of a look means: look again, or give up. Counts are of the failures in a row, this one included. */
export function mayLookAgain(error: unknown, failuresInARow: number, justPushed: boolean): boolean {
  if (isTransient(error)) return failuresInARow < toleratedFailures;
  // Kaggle answers 403 for what does not exist, too.
  const absent = error instanceof NotFoundError || error instanceof PermissionError;
  return absent && justPushed && failuresInARow < toleratedAbsences;
}

/**
 * Looks at a run until `accept` says that it is as wanted. Short failures of the connection are sat out. Rejects with
 * `TimeoutError` after `timeout` seconds and with the signal's reason on abort.
 */
export async function awaitRun(
  client: KaggleClient,
  run: Run,
  accept: (look: Look) => boolean,
  options: PollOptions = {},
): Promise<Look> {
  const observe = createObserver(client, run);
  let last = '';
  let failures = 0;
  let seen = false;
  const name = run.versionNumber === undefined ? run.ref : `${run.ref}, version ${run.versionNumber}`;
  return poll(
    () => `${name} (${last ? `last seen ${last}` : 'never seen'})`,
    async (signal) => {
      try {
        const look = await observe({ signal });
        failures = 0;
        seen ||= look.visible;
        last = look.visible ? look.status : 'not visible yet';
        return accept(look) ? look : undefined;
      } catch (error) {
        if (mayLookAgain(error, ++failures, !seen && run.versionNumber !== undefined)) return undefined;
        throw error;
      }
    },
    { ...options, signal: joinSignals(client.signal, options.signal) },
  );
}
