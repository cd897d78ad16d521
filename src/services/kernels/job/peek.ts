import { checkOptions } from '../../../core/options/check.ts';
import { callFields } from '../../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { isTerminal, type KernelStatus } from '../watch/status.ts';
import { type JobMemory, observeJob } from './access.ts';
import type { JobFacts } from './id.ts';

/** What `Job.peek` returns. */
export interface JobPeek extends KernelStatus {
  /** The version that runs. */
  versionNumber: number;
  /** Whether the run has ended: its status is final, and its output and stored log are available. */
  ended: boolean;
  /** Time of the push, to the second. Kaggle returns neither the time of the last change of the status nor a position in the queue. */
  since: Date;
}

export async function peek(
  client: KaggleClient,
  facts: JobFacts,
  memory: JobMemory,
  options: CallOptions,
): Promise<JobPeek> {
  checkOptions('job.peek', options, callFields);
  const { found } = await observeJob(client, facts, memory, options);
  const { versionNumber, pushedAt } = facts;
  return { ...found, versionNumber, ended: isTerminal(found.status), since: new Date(pushedAt) };
}
