import type { KaggleClient } from '../../../core/rpc/client.ts';
import { listKernelSessionOutput } from '../generated/methods.ts';
import { type ResolvedRun, runFields } from '../run-ref.ts';

/** Whether the run has a file or a log. Kaggle lists nothing before a run has ended. */
export async function hasOutput(client: KaggleClient, run: ResolvedRun, signal: AbortSignal): Promise<boolean> {
  try {
    const { files, log } = await client.call(listKernelSessionOutput, { ...runFields(run), pageSize: 1 }, { signal });
    return files.length > 0 || Boolean(log);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
