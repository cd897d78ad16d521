import type { Int64 } from '../../core/codec/message.ts';
import { KaggleError, PermissionError } from '../../core/errors.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { cancelKernelSession } from './generated/methods.ts';
import { streamLog } from './log/log-stream.ts';
import { createMarkerFilter } from './log/marker.ts';
import { describeRun, pageOf, type Run, type RunRef, resolveRun } from './run-ref.ts';

export interface CancelOptions extends CallOptions {
  /** The id of the session. @default what the log of the run says, for a script that was pushed with a prologue */
  sessionId?: Int64 | undefined;
}

/** Seconds that the log has to tell the id: its line is the first that a script with a prologue prints. */
const patience = 20;
/** Entries after which it will not come any more. */
const most = 200;

async function findSession(client: KaggleClient, run: Run, options: CallOptions): Promise<string | undefined> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), Math.min(patience, options.timeout || patience) * 1000);
  const signals = [stop.signal, client.signal, options.signal].filter((signal) => signal !== undefined);
  const marker = createMarkerFilter();
  try {
    let count = 0;
    for await (const entry of streamLog(client, run, AbortSignal.any(signals))) {
      marker.take(entry);
      if (marker.sessionId || ++count > most) break;
    }
  } catch {
    options.signal?.throwIfAborted();
    client.signal?.throwIfAborted();
  } finally {
    clearTimeout(timer);
  }
  return marker.sessionId;
}

/** What works where there is no id, or another account's. */
const otherWay = (run: Run) =>
  `kernels.remove deletes the kernel, which stops it and its billing; or cancel it at ${pageOf(run)}`;

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
  { sessionId, ...options }: CancelOptions = {},
): Promise<{ sessionId: Int64 }> {
  const resolved = await resolveRun(client, run);
  const kernelSessionId = sessionId ?? (await findSession(client, resolved, options));
  if (kernelSessionId === undefined) {
    throw new KaggleError(
      `${describeRun(resolved)} cannot be cancelled: the id of its session is not known, as its log does not tell it; ${otherWay(resolved)}`,
    );
  }
  try {
    await client.call(cancelKernelSession, { kernelSessionId }, options);
  } catch (error) {
    if (error instanceof PermissionError) {
      error.message += ` (the session ${kernelSessionId} is not there, or another account started it; ${otherWay(resolved)})`;
    }
    throw error;
  }
  return { sessionId: kernelSessionId };
}
