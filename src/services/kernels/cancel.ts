import type { Int64 } from '../../core/codec/message.ts';
import type { NameOption } from '../../core/error-text.ts';
import { AuthenticationError, KaggleError, PermissionError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import { callback, flag, integer } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { startDeadline } from '../../core/rpc/deadline.ts';
import { cancelKernelSession } from './generated/methods.ts';
import { readLive } from './log/live.ts';
import { createMarkerFilter } from './log/marker.ts';
import { withHint } from './push/refusals.ts';
import { describeRun, pageOf, type ResolvedRun, type RunRef, resolveRun, runField } from './run-ref.ts';

/** Options of `cancel`. */
export interface CancelOptions extends CallOptions {
  /**
   * ID of the session.
   * @default the ID in the log of the run
   */
  sessionId?: Int64 | undefined;
}

const cancelFields = (): Fields<CancelOptions> => ({ ...callFields(), sessionId: integer() });

/** Seconds to search the log: a script with a prologue prints the ID in its first line. */
const searchTimeout = 20;
/** Maximum number of log entries to search. */
const searchEntries = 200;

async function findSession(client: KaggleClient, run: ResolvedRun, options: CallOptions): Promise<string> {
  const seconds = Math.min(searchTimeout, options.timeout || searchTimeout);
  const deadline = startDeadline('cancel', seconds, [client.signal, options.signal]);
  const marker = createMarkerFilter();
  let failure: Error | undefined;
  try {
    let count = 0;
    for await (const event of readLive(client, run, deadline.signal)) {
      if (event.type === 'lost') failure = event.error;
      if (event.type !== 'entry') break;
      marker.take(event.entry);
      if (marker.sessionId || ++count > searchEntries) break;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    client.signal?.throwIfAborted();
    if (error instanceof AuthenticationError) throw error;
    failure = error as Error;
  } finally {
    deadline.stop();
  }
  if (marker.sessionId !== undefined) return marker.sessionId;
  const why = failure ? ` (${failure.message})` : '';
  throw new KaggleError(
    (name) =>
      `cannot cancel ${describeRun(run)}: Kaggle needs its session ID, and its log does not contain one${why}; ${otherWay(run, name)}`,
    { cause: failure },
  );
}

/** What to do without a session ID, or with that of another account. */
const otherWay = (run: ResolvedRun, name: NameOption) =>
  `to stop it, delete the kernel with ${name('kernels.remove')}, or cancel it at ${pageOf(run)}`;

/**
 * Cancels a run. Kaggle saves its output so far.
 *
 * Kaggle needs the session ID of the run, which no API call returns. Python scripts that were pushed with `params` or from a
 * folder print it in the first line of their log, which is read here.
 *
 * @param run - The run; see `RunRef`.
 * @returns The ID of the canceled session.
 * @throws `KaggleError`, with what to do instead, if the session ID is unknown: a bare script, a notebook, a kernel of another
 * account, or a run that has not started.
 * @throws `PermissionError` if the session belongs to another account or does not exist.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { cancel } from 'kaggle-ts/kernels';
 *
 * const client = createClient();
 * const { sessionId } = await cancel(client, 'alice/my-training/3');
 * console.log('canceled session', sessionId);
 * ```
 */
export async function cancel(
  client: KaggleClient,
  run: RunRef,
  options: CancelOptions = {},
): Promise<{ sessionId: Int64 }> {
  checkCall('kernels.cancel', client, { run, options }, { run: runField, options: cancelFields });
  const { sessionId, ...callOptions } = options;
  const resolved = await resolveRun(client, run, callOptions);
  const kernelSessionId = sessionId ?? (await findSession(client, resolved, callOptions));
  try {
    await client.call(cancelKernelSession, { kernelSessionId }, callOptions);
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    const why = `session ${kernelSessionId} does not exist, or another account started it`;
    throw withHint(error, (name) => `${why}; ${otherWay(resolved, name)}`);
  }
  return { sessionId: kernelSessionId };
}

/** Options of `wait` and `run` that cancel the run when `signal` is aborted. */
export interface CancelOnAbort {
  /**
   * Cancels the run when `signal` is aborted. The call then rejects once Kaggle has responded, at most 10 seconds later.
   * @default false
   */
  cancelOnAbort?: boolean | undefined;
  /**
   * ID of the session.
   * @default the ID in the log of the run
   */
  sessionId?: Int64 | undefined;
  /** Receives the error if the run could not be canceled: it continues and uses quota. */
  onCancelError?: ((error: unknown) => void) | undefined;
}

export const cancelOnAbortFields = (): Fields<CancelOnAbort> => ({
  cancelOnAbort: flag(),
  sessionId: integer(),
  onCancelError: callback(),
});

/** Seconds to wait for Kaggle after an abort, which must not take long. */
const abortTimeout = 10;

/** Cancels a run if `cancelOnAbort` is set. Never rejects, so that the caller sees the reason of the abort. */
export async function cancelAfterAbort(client: KaggleClient, run: RunRef, options: CancelOnAbort): Promise<void> {
  if (!options.cancelOnAbort) return;
  try {
    await cancel(client, run, { sessionId: options.sessionId, timeout: abortTimeout });
  } catch (error) {
    client.log(`cannot cancel the run after the abort: ${(error as Error).message}`);
    options.onCancelError?.(error);
  }
}
