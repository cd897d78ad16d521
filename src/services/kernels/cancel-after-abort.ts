import type { Int64 } from '../../core/codec/message.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { cancel } from './cancel.ts';
import type { RunRef } from './run-ref.ts';

export interface CancelOnAbort {
  /** Cancel the run on Kaggle when `signal` is aborted; the call then ends when the server has answered. @default false */
  cancelOnAbort?: boolean;
  /** The session to cancel, if it is known. @default what the log of the run says */
  sessionId?: Int64 | undefined;
  /** Called when the run could not be cancelled after an abort: it goes on and uses up quota. */
  onCancelError?: (error: unknown) => void;
}

/** Seconds that the server has to answer; an abort should not take long. */
const patience = 10;

/** Cancels a run if `cancelOnAbort` asks for it. Never rejects: the caller is to see the reason of the abort. */
export async function cancelAfterAbort(client: KaggleClient, run: RunRef, options: CancelOnAbort): Promise<void> {
  if (!options.cancelOnAbort) return;
  try {
    await cancel(client, run, { sessionId: options.sessionId, timeout: patience });
  } catch (error) {
    client.log(`could not cancel the kernel after the abort: ${(error as Error).message}`);
    options.onCancelError?.(error);
  }
}
