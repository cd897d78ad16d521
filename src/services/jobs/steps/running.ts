import { KernelFailedError, NotFoundError, PermissionError, TimeoutError } from '../../../core/errors.ts';
import { pollDelay } from '../../../core/rpc/poll.ts';
import * as kernels from '../../kernels/index.ts';
import type { StepContext, StepWork } from './context.ts';

/** Seconds for a run to appear after its push. Queues of minutes are normal. */
const startTimeout = 3600;

/** The status of the run; `undefined` as long as Kaggle does not show the pushed version. */
async function look({ client, draft, memo, signal }: StepContext): Promise<kernels.JobPeek | undefined> {
  try {
    return await kernels.attach(client, draft.run!.id).peek({ signal });
  } catch (error) {
    const hidden = error instanceof PermissionError || error instanceof NotFoundError;
    const recent = client.clock.now() - (memo.since ?? 0) < 900_000;
    if (!hidden || !recent || draft.status !== undefined) throw error;
    return undefined;
  }
}

/** Checks whether the run has ended. */
export const running: StepWork = async (context) => {
  const { client, draft, memo, signal, schedule } = context;
  const found = await look(context);
  if (found) draft.status = found.status;
  if (!found?.ended) {
    const waited = (client.clock.now() - (memo.since ?? 0)) / 1000;
    if (draft.status === 'NOT_STARTED' && waited > startTimeout) {
      throw new TimeoutError(`${draft.run!.ref} did not start within ${startTimeout} s; check ${draft.run!.url}`);
    }
    return pollDelay(1 + (memo.waits ?? 0), schedule, () => 0) / 1000;
  }
  if (found.status !== 'COMPLETE' && found.status !== 'ENDED') {
    // Throws with the end of the log, which contains the reason.
    await kernels.attach(client, draft.run!.id).result({ signal });
    throw new KernelFailedError(`${draft.run!.ref} ended with ${found.status}`, { status: found.status });
  }
  draft.step = draft.plan.output === undefined || draft.plan.output === false ? 'done' : 'fetch';
  return undefined;
};
