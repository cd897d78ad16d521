import { KaggleError, KernelFailedError } from '../../../core/errors.ts';
import { checkOptions } from '../../../core/options/check.ts';
import { callFields } from '../../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { parseStoredLog, tail } from '../log/entry.ts';
import { withoutMarker } from '../log/marker.ts';
import { fetchLogTail, tailLines } from '../log/stored.ts';
import { listAll } from '../output/listing.ts';
import { describeRun } from '../run-ref.ts';
import { isTerminal } from '../watch/status.ts';
import { type JobMemory, observeJob, requireKernel } from './access.ts';
import type { JobFacts } from './id.ts';

/** Result of a run that has completed. */
export interface JobResult {
  /** Always `COMPLETE`; any other end throws. */
  status: 'COMPLETE';
  /** The version that ran. */
  versionNumber: number;
  /** Names of the output files, relative to `/kaggle/working`; `output` downloads them. */
  files: string[];
  /** The last 20 lines of the log. */
  logTail: string;
}

export async function result(
  client: KaggleClient,
  facts: JobFacts,
  memory: JobMemory,
  options: CallOptions,
): Promise<JobResult> {
  checkOptions('job.result', options, callFields);
  const { run, found } = await observeJob(client, facts, memory, options);
  const { status, failureMessage } = found;
  if (!isTerminal(status)) {
    const why = status === 'NOT_STARTED' ? 'has no run yet' : `has not ended (${status})`;
    throw new KaggleError(`no result yet: ${describeRun(run)} ${why}; wait for it, or peek again later`);
  }
  await requireKernel(client, facts, run, options);
  if (status !== 'COMPLETE') {
    const logTail = await fetchLogTail(client, run, options.signal);
    const said = failureMessage ? `: ${failureMessage}` : '';
    throw new KernelFailedError(`${run.ref} ended with ${status}${said}`, { status, failureMessage, logTail });
  }
  const { files, log } = await listAll(client, run, options);
  return {
    status,
    versionNumber: facts.versionNumber,
    files: files.map(({ fileName }) => fileName),
    logTail: tail(withoutMarker(parseStoredLog(log)), tailLines),
  };
}
