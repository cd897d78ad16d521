import { checkOptions } from '../../../core/options/check.ts';
import { callFields } from '../../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { resolveRun } from '../run-ref.ts';
import { isTerminal, type KernelStatus, observe } from '../watch/status.ts';
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

export async function peek(client: KaggleClient, facts: JobFacts, options: CallOptions): Promise<JobPeek> {
  checkOptions('job.peek', options, callFields);
  const found = await observe(client, await resolveRun(client, facts, options), options);
  const { versionNumber, pushedAt } = facts;
  return { ...found, versionNumber, ended: isTerminal(found.status), since: new Date(pushedAt) };
}
