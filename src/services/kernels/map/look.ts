import { AuthenticationError, KaggleError, PermissionError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { describeRun, resolveRun } from '../run-ref.ts';
import { hasOutput } from '../watch/has-output.ts';
import { isKnown, isTerminal, isWaiting, type KernelStatus, notStarted, observe } from '../watch/status.ts';
import { onStatusFailure } from '../watch/status-failure.ts';
import type { Look } from './advance.ts';
import type { Entry } from './progress.ts';

/** Milliseconds until the run of a pushed version must exist. */
const longestStart = 900_000;
/** Failed looks in a row whose time does not count. */
const fewFailures = 4;
/** Longer than any run, in milliseconds. */
const longestRun = 14 * 3_600_000;

type Found = Omit<Look, 'index'>;

/** What a status means for an input that was pushed `age` milliseconds ago. */
export function readStatus({ status, failureMessage }: KernelStatus, age: number): Found {
  if (status !== 'NOT_STARTED' || age < longestStart) return { status, failureMessage, ended: isTerminal(status) };
  return { status, failureMessage: `Kaggle made no run of it within ${longestStart / 1000} s`, ended: true };
}

/** Whether the status says nothing about the end of a run: it is unknown, or has lasted too long. */
export const isDoubtful = ({ status, ended }: Found, age: number): boolean =>
  !ended && status !== undefined && !isWaiting(status) && (!isKnown(status) || age > longestRun);

/** Looks at the run of an input. Throws if the kernel was deleted, or the status was refused or unavailable for too long. */
export async function lookAt(
  client: KaggleClient,
  ref: string,
  index: number,
  entry: Entry,
  signal: AbortSignal,
): Promise<Look> {
  const run = await resolveRun(client, { ref, versionNumber: entry.version }, { signal });
  const now = client.clock.now();
  const age = now - entry.pushed;
  const unknown: Found = { ended: false };
  const ask = async (otherwise: Found): Promise<Found> =>
    (await hasOutput(client, run, signal)) ? { status: 'ENDED', failureMessage: undefined, ended: true } : otherwise;

  async function look(): Promise<Found> {
    try {
      const found = readStatus(await observe(client, run, { signal }), age);
      return isDoubtful(found, age) ? await ask(found) : found;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AuthenticationError) throw error;
      const failures = entry.failures + 1;
      // Two failures may have a night between them, in which the computer slept.
      const seconds = failures <= fewFailures ? 0 : (now - entry.failingSince) / 1000;
      const seen = entry.status !== '' && entry.status !== notStarted.status;
      const action = onStatusFailure({ error, failures, seconds, seen, pushed: true });
      if (action === 'notStarted') return readStatus(notStarted, age);
      if (action === 'deleted' || (action === 'throw' && error instanceof PermissionError)) {
        throw new KaggleError(
          `cannot get the status of ${describeRun(run)}: the kernel was deleted, or this account has no access to it; pass ` +
            'another key to run all inputs again',
          { cause: error },
        );
      }
      if (action === 'throw') throw error;
      return action === 'askOutput' ? ask(unknown) : unknown;
    }
  }
  return { index, ...(await look()) };
}
