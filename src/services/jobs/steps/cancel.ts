import { pollDelay } from '../../../core/rpc/poll.ts';
import * as kernels from '../../kernels/index.ts';
import type { StepWork } from './context.ts';
import { push } from './push.ts';

/** Whether a push was announced that may have been sent. */
const isPushing = (records: Readonly<Record<string, unknown>>) =>
  Object.values(records).some((value) => (value as { type?: unknown } | null)?.type === 'pending');

/** Ends the job in place of its next step. Kaggle saves the output of the run so far; it is not downloaded. */
export const cancel: StepWork = async (context) => {
  const { client, draft, memo, signal, schedule, records } = context;
  // A run that nobody knows of would use up quota: it is found, or pushed, and the next step cancels it.
  if (draft.step === 'push' && isPushing(records.entries())) return push(context);
  if (draft.step === 'running') {
    const job = kernels.attach(client, draft.run!.id);
    const { status, ended } = await job.peek({ signal });
    draft.status = status;
    const isQueued = /^(?:NOT_STARTED|QUEUED|NEW_SCRIPT)$/.test(status);
    // The log of a queued run does not yet contain the session ID, which Kaggle needs.
    if (isQueued) return pollDelay(1 + (memo.waits ?? 0), schedule, () => 0) / 1000;
    if (!ended && status !== 'CANCEL_REQUESTED') await job.cancel({ signal });
  }
  draft.step = 'failed';
  draft.error = { name: 'CanceledError', message: 'the job was canceled' };
  return undefined;
};
