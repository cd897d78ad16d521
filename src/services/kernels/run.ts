import { KernelFailedError, ValidationError } from '../../core/errors.ts';
import type { Progress } from '../../core/progress.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { Folder } from '../../core/transfer/folder.ts';
import { cancelAfterAbort } from './cancel.ts';
import { collectLog } from './log/collect.ts';
import type { LogEntry } from './log/entry.ts';
import { type FetchedFile, output } from './output/output.ts';
import { type PushedKernel, push } from './push/push.ts';
import type { PushRequest } from './push/request.ts';
import { remove } from './remove.ts';
import { type WaitOptions, type WaitResult, wait } from './wait.ts';

export interface RunRequest extends PushRequest {
  /** Where the output files go: a path, or a `FolderSink`. Without it none are fetched. */
  output?: Folder;
  /** Only the output files whose name it matches. */
  pattern?: RegExp | string;
}

export interface RunOptions extends WaitOptions {
  /** Called with each piece of the log while the kernel runs. */
  onLog?: (entry: LogEntry) => void;
  /** Called with the kernel once it is pushed. */
  onPushed?: (kernel: PushedKernel) => void;
  /** Called with the progress of uploads (modules) and downloads (output files). */
  onProgress?: (progress: Progress) => void;
  /** How many files are under way at once; default the platform's. */
  concurrency?: number;
  /** Seconds to wait for a slot when all sessions of the account are taken. @default 0 */
  waitForSlot?: number;
  /**
   * Runs the job in a kernel of its own, under the slug with a random end, and deletes that kernel afterwards, whatever
   * becomes of the run. After an abort that also stops the run and its billing.
   * @default false
   */
  ephemeral?: boolean;
}

export interface RunResult extends PushedKernel, WaitResult {
  /** The whole log. */
  log: LogEntry[];
  /** The output files that were fetched, the log among them; empty without `output`. */
  files: FetchedFile[];
}

/** The request with a slug and a title of its own. */
function ephemeralRequest(request: PushRequest): PushRequest {
  if (request.id !== undefined)
    throw new ValidationError('ephemeral makes a kernel of its own: pass a slug, not an id');
  const end = crypto.randomUUID().slice(0, 8);
  const [name = 'job', owner] = (request.slug ?? 'job').split('/').reverse();
  const slug = `${name.slice(0, 41).replace(/-+$/, '')}-${end}`;
  return { ...request, slug: owner === undefined ? slug : `${owner}/${slug}`, newTitle: slug.replaceAll('-', ' ') };
}

/** The request with a prologue, which prints the id of the session: without that the run cannot be cancelled. */
function cancellable(request: PushRequest): PushRequest {
  const { language = 'python', kernelType = 'script', entry = 'main.py', params } = request;
  const isScript = language === 'python' && kernelType === 'script' && /\.py$/i.test(entry);
  return isScript && params === undefined ? { ...request, params: {} } : request;
}

/**
 * The whole job: pushes a kernel, passes its log to `onLog` while it runs, waits for the version that was pushed, and fetches its
 * output. A live log that is not available does not fail a job that completes: its rest then comes from the stored log.
 *
 * @throws what `push`, `wait` (`KernelFailedError`, `TimeoutError`) and `output` throw, and the signal's own reason on
 * abort; with `cancelOnAbort` the session is cancelled then.
 */
export async function run(client: KaggleClient, request: RunRequest, options: RunOptions = {}): Promise<RunResult> {
  const { output: folder, pattern, ...code } = request;
  const { signal, onProgress, concurrency, ephemeral, cancelOnAbort, waitForSlot, onWarning, onStatus } = options;
  if (code.kernelExecutionType === 'QUICK_SAVE') {
    throw new ValidationError('kernelExecutionType QUICK_SAVE saves a version without running it: use push()');
  }
  const own = ephemeral ? ephemeralRequest(code) : cancelOnAbort ? cancellable(code) : code;
  const transfer = { signal, onProgress, concurrency };
  const kernel = await push(client, own, {
    ...transfer,
    waitForSlot,
    onWarning,
    ...(onStatus && { onStatus: (status: string) => onStatus(status, { status, failureMessage: undefined }) }),
  });
  options.onPushed?.(kernel);
  const log = collectLog(client, kernel, options);
  try {
    const { status } = await wait(client, kernel, { ...options, cancelOnAbort: false });
    await log.finish();
    const files = folder === undefined ? [] : await output(client, kernel, folder, { ...transfer, pattern, onWarning });
    return { ...kernel, status, log: log.entries, files };
  } catch (error) {
    if (signal?.aborted && !ephemeral) {
      await cancelAfterAbort(client, kernel, { ...options, sessionId: options.sessionId ?? log.sessionId() });
    }
    // The end of a failed kernel's log is where its traceback is.
    if (!(error instanceof KernelFailedError)) throw error;
    await log.finish();
    // The stored log may come later than the failure; what was followed is there.
    throw error.logTail === undefined ? new KernelFailedError(error.message, { ...error, logTail: log.tail() }) : error;
  } finally {
    log.stop();
    if (ephemeral)
      await remove(client, kernel, { timeout: 30 }).catch((error: unknown) => options.onCancelError?.(error));
  }
}
