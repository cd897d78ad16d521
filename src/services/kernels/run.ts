import type { KaggleClient } from '../../core/client.ts';
import { KernelFailedError } from '../../core/errors.ts';
import type { Progress } from '../../core/progress.ts';
import type { Folder } from '../../core/transfer/folder.ts';
import type { LogEntry } from './log/log-entry.ts';
import { startRunLog } from './log/run-log.ts';
import { type FetchedFile, output } from './output/output.ts';
import { type PushedKernel, push } from './push/push.ts';
import type { PushRequest } from './push/push-request.ts';
import { type WaitOptions, wait } from './watch/wait.ts';

export interface RunRequest extends PushRequest {
  /** Where the output files go: a path, or a `FolderSink`. Without it none are fetched. */
  output?: Folder;
  /** Only the output files whose name it matches. */
  pattern?: RegExp | string;
}

export interface RunOptions extends WaitOptions {
  /** Called with each piece of the log while the kernel runs. */
  onLog?: (entry: LogEntry) => void;
  /** Called with the progress of uploads (modules) and downloads (output files). */
  onProgress?: (progress: Progress) => void;
  /** How many files are under way at once; default the platform's. */
  concurrency?: number;
}

export interface RunResult extends PushedKernel {
  status: 'COMPLETE';
  /** The whole log. */
  log: LogEntry[];
  /** The output files that were fetched, the log among them; empty without `output`. */
  files: FetchedFile[];
}

/**
 * The whole job: pushes a kernel, hands its log on while it runs, waits for the version that was pushed, and fetches its
 * output. A live log that cannot be had does not fail a job that completes: its rest then comes from the stored log.
 *
 * Throws what `push`, `wait` (`KernelFailedError`, `TimeoutError`) and `output` throw, and the signal's own reason on
 * abort; with `cancelOnAbort` the session is cancelled then.
 */
export async function run(client: KaggleClient, request: RunRequest, options: RunOptions = {}): Promise<RunResult> {
  const { output: folder, pattern, ...pushed } = request;
  const { signal, onProgress, concurrency } = options;
  const kernel = await push(client, pushed, { signal, onProgress, concurrency });
  const log = startRunLog(client, kernel, options);
  try {
    const { status } = await wait(client, kernel, options);
    await log.finish();
    const transfer = { signal, onProgress, concurrency, pattern };
    const files = folder === undefined ? [] : await output(client, kernel, folder, transfer);
    return { ...kernel, status, log: log.entries, files };
  } catch (error) {
    // The end of a failed kernel's log is where its traceback is.
    if (!(error instanceof KernelFailedError)) throw error;
    await log.finish();
    // The stored log may come later than the failure; what was followed is there.
    throw error.logTail === undefined ? new KernelFailedError(error.message, { ...error, logTail: log.tail() }) : error;
  } finally {
    log.stop();
  }
}
