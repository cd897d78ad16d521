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

export interface CancelOptions extends CallOptions {
  /** The id of the session. @default what the log of the run says, for a script that was pushed with a prologue */
  sessionId?: Int64 | undefined;
}

const cancelFields = (): Fields<CancelOptions> => ({ ...callFields(), sessionId: integer() });

/** Seconds that the log has to tell the id: its line is the first that a script with a prologue prints. */
const searchTimeout = 20;
/** Entries after which it will not come any more. */
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
 * Cancels the running session of a kernel; its output so far is saved. Kaggle wants the id of the session, which no answer
 * of its API carries: a script that was pushed with `params` or modules tells it in the first line of its log.
 *
 * @throws `KaggleError`, with what works instead, when the id is not known (a bare script or notebook, somebody else's
 * kernel, a run that has not started); `PermissionError` for another account's session; `ApiError` as the server answers.
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
    const why = `the session ${kernelSessionId} does not exist, or another account started it`;
    throw withHint(error, (name) => `${why}; ${otherWay(resolved, name)}`);
  }
  return { sessionId: kernelSessionId };
}

export interface CancelOnAbort {
  /** Cancel the run on Kaggle when `signal` is aborted; the call then ends when the server has answered. @default false */
  cancelOnAbort?: boolean | undefined;
  /** The session to cancel, if it is known. @default what the log of the run says */
  sessionId?: Int64 | undefined;
  /** Called when the run could not be cancelled after an abort: it goes on and uses up quota. */
  onCancelError?: ((error: unknown) => void) | undefined;
}

export const cancelOnAbortFields = (): Fields<CancelOnAbort> => ({
  cancelOnAbort: flag(),
  sessionId: integer(),
  onCancelError: callback(),
});

/** Seconds that the server has to answer after an abort, which should not take long. */
const abortTimeout = 10;

/** Cancels a run if `cancelOnAbort` asks for it. Never rejects: the caller is to see the reason of the abort. */
export async function cancelAfterAbort(client: KaggleClient, run: RunRef, options: CancelOnAbort): Promise<void> {
  if (!options.cancelOnAbort) return;
  try {
    await cancel(client, run, { sessionId: options.sessionId, timeout: abortTimeout });
  } catch (error) {
    client.log(`cannot cancel the run after the abort: ${(error as Error).message}`);
    options.onCancelError?.(error);
  }
}
