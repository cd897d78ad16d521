import type { CallOptions, KaggleClient } from '../../../core/client.ts';
import { type RunRef, resolveRun } from '../run-ref.ts';
import { createObserver } from './observe.ts';

export interface KernelStatus {
  /** `QUEUED`, `RUNNING`, `COMPLETE`, `ERROR`, `CANCEL_REQUESTED`, `CANCEL_ACKNOWLEDGED`, `NEW_SCRIPT`, or a newer name of Kaggle's. */
  status: string;
  /** Why it failed, if the server says. */
  failureMessage: string | undefined;
}

/**
 * The status of a run: of the version that `run` names, or of the latest. A version that was just pushed and that the
 * server does not show yet is `QUEUED`; an older run's status is never given for it. Throws `KaggleError` when the server
 * can only tell about a newer version, `NotFoundError` and the other kinds of `ApiError` as the server answers.
 */
export async function status(client: KaggleClient, run: RunRef, options: CallOptions = {}): Promise<KernelStatus> {
  const look = await createObserver(client, await resolveRun(client, run))(options);
  return { status: look.status, failureMessage: look.failureMessage };
}
