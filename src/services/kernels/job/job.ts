import type { Int64 } from '../../../core/codec/message.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { type CancelOptions, cancel } from '../cancel.ts';
import { pageOf } from '../run-ref.ts';
import { type JobMemory, withAccess } from './access.ts';
import { type JobFacts, writeJobId } from './id.ts';
import { type JobLog, type JobLogsOptions, type LogMemory, readJobLog } from './log.ts';
import { type JobPeek, peek } from './peek.ts';
import { type JobResult, result } from './result.ts';

/**
 * A started run that any process can find again by its `id`. It is a `RunRef`: `wait`, `logs`, `output` and `cancel` take it as it
 * is. Each of its methods returns at once: none waits for the run.
 */
export interface Job {
  /**
   * Identifies the job in any process: pass it to `attach`. Safe in URLs; contains no secret. It includes the time of the push, which
   * a process that finds the job by its key, without a shared state store, has from Kaggle: compare `ref` and `versionNumber` instead.
   */
  readonly id: string;
  /** `owner/slug` of the kernel. */
  readonly ref: string;
  /** The version that runs. */
  readonly versionNumber: number;
  /** Numeric id of the kernel. */
  readonly kernelId: Int64;
  /** URL of the page of the kernel. */
  readonly url: string;
  /** The `key` that was passed to `start`; `undefined` for none. */
  readonly key: string | undefined;
  /**
   * Gets the status of the run.
   *
   * @throws `PermissionError` if the kernel was deleted, or belongs to another account.
   */
  peek(options?: CallOptions): Promise<JobPeek>;
  /**
   * Gets what is new in the log since `cursor`, at most `maxBytes` of it. No entry is returned twice, and none is lost, whenever the
   * run ends.
   *
   * @returns The new entries, and the cursor for the next call.
   * @throws `ValidationError` for a cursor that is invalid, or of another job.
   * @throws `PermissionError` if the kernel was deleted, or belongs to another account.
   */
  logs(options?: JobLogsOptions): Promise<JobLog>;
  /**
   * Gets the result of a run that has completed.
   *
   * @throws `KaggleError` if the run has not ended.
   * @throws `KernelFailedError`, with the last lines of the log, if it failed or was canceled.
   * @throws `PermissionError` if the kernel was deleted, or belongs to another account.
   */
  result(options?: CallOptions): Promise<JobResult>;
  /**
   * Cancels the run; see `cancel`. A Python script can be canceled as soon as it has started, a notebook only with a `sessionId`.
   *
   * @returns The ID of the canceled session.
   * @throws `KaggleError`, with what to do instead, if the session ID is unknown.
   * @throws `PermissionError` if another account started the run.
   */
  cancel(options?: CancelOptions): Promise<{ sessionId: Int64 }>;
}

/** The handle of a job. Sends nothing. */
export function createJob(client: KaggleClient, facts: JobFacts): Job {
  const { ref, versionNumber, kernelId, key } = facts;
  const run = { ref, versionNumber };
  const memory: JobMemory & LogMemory = { seen: false, stored: undefined };
  return {
    id: writeJobId(facts),
    ref,
    versionNumber,
    kernelId,
    url: pageOf(run),
    key,
    peek: (options = {}) => withAccess(client, facts, options, () => peek(client, facts, memory, options)),
    logs: (options = {}) => withAccess(client, facts, options, () => readJobLog(client, facts, memory, options)),
    result: (options = {}) => withAccess(client, facts, options, () => result(client, facts, memory, options)),
    cancel: (options = {}) => withAccess(client, facts, options, () => cancel(client, run, options)),
  };
}
