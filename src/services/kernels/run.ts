import { abortable } from '../../core/abortable.ts';
import type { ErrorText } from '../../core/error-text.ts';
import { KernelFailedError, NotFoundError, PermissionError } from '../../core/errors.ts';
import { checkCall, refuse } from '../../core/options/check.ts';
import { callback, flag, seconds } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import { transferFields } from '../../core/options/transfer.ts';
import type { Progress } from '../../core/progress.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { type Folder, folderField } from '../../core/transfer/folder.ts';
import { patternField } from '../../core/transfer/pattern.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import { cancelAfterAbort } from './cancel.ts';
import { type CollectedLog, collectLog } from './log/collect.ts';
import type { LogEntry } from './log/entry.ts';
import { type FetchedFile, output } from './output/output.ts';
import { prepareOutput } from './output/prepare.ts';
import { pushKernel } from './push/push.ts';
import type { PushedKernel } from './push/pushed.ts';
import { isAmbiguous } from './push/recover.ts';
import { kindOf, type PushRequest, pushFields } from './push/request.ts';
import { remove } from './remove.ts';
import { type WaitOptions, type WaitResult, wait, waitFields } from './wait.ts';

export interface RunRequest extends PushRequest {
  /** Where the output files go: a path, or a `FolderSink`. Without it none are fetched. */
  output?: Folder | undefined;
  /** Only the output files whose name it matches: a `RegExp`, or a glob such as `*.csv`; see `output`. */
  pattern?: RegExp | string | undefined;
}

export interface RunOptions extends WaitOptions {
  /** Called with each piece of the log while the kernel runs. */
  onLog?: ((entry: LogEntry) => void) | undefined;
  /** Called with the kernel once it is pushed, also when Kaggle took only a part of the push. */
  onPushed?: ((kernel: PushedKernel) => void) | undefined;
  /** Called with the progress of uploads (modules) and downloads (output files). */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** How many files are under way at once; default the platform's. */
  concurrency?: number | undefined;
  /** Seconds to wait for a slot when all sessions of the account are taken. @default 0 */
  waitForSlot?: number | undefined;
  /**
   * Runs the job in a kernel of its own, under the slug with a random end, and deletes that kernel afterwards, whatever
   * becomes of the run. After an abort that also stops the run and its billing.
   * @default false
   */
  ephemeral?: boolean | undefined;
}

const runRequestFields = (): Fields<RunRequest> => ({
  ...pushFields(),
  output: folderField(),
  pattern: patternField(),
});

const runFields = (): Fields<RunOptions> => ({
  ...waitFields(),
  ...transferFields(),
  onLog: callback(),
  onPushed: callback(),
  waitForSlot: seconds(),
  ephemeral: flag(),
});

export interface RunResult extends PushedKernel, WaitResult {
  /** The whole log. */
  log: LogEntry[];
  /** The output files that were fetched, the log among them; empty without `output`. */
  files: FetchedFile[];
}

/** The request with a slug and a title of its own. */
function ephemeralRequest(request: PushRequest): PushRequest {
  if (request.id !== undefined) {
    const message: ErrorText = (name) =>
      `not supported with ${name('ephemeral', 'true')}; pass ${name('slug')} instead`;
    refuse('kernels.run', [{ path: 'id', message }]);
  }
  const end = crypto.randomUUID().slice(0, 8);
  const [name = 'job', owner] = (request.slug ?? 'job').split('/').reverse();
  const slug = `${name.slice(0, 41).replace(/-+$/, '')}-${end}`;
  return { ...request, slug: owner === undefined ? slug : `${owner}/${slug}`, newTitle: slug.replaceAll('-', ' ') };
}

/** The request with a prologue, which prints the id of the session: without that the run cannot be cancelled. */
function cancellable(request: PushRequest): PushRequest {
  const { language = 'python', kernelType } = kindOf(request);
  const isScript = language === 'python' && kernelType === 'script';
  return isScript && request.params === undefined ? { ...request, params: {} } : request;
}

/**
 * The whole job: pushes a kernel, passes its log to `onLog` while it runs, waits for the version that was pushed, and fetches its
 * output. A live log that is not available does not fail a job that completes: its rest then comes from the stored log.
 *
 * @throws what `push`, `wait` (`KernelFailedError`, `TimeoutError`) and `output` throw, and the signal's own reason on
 * abort; with `cancelOnAbort` the session is cancelled then.
 */
export async function run(client: KaggleClient, request: RunRequest, options: RunOptions = {}): Promise<RunResult> {
  checkCall('kernels.run', client, { request, options }, { request: runRequestFields, options: runFields });
  const { output: folder, pattern, ...code } = request;
  const { signal, onProgress, concurrency, ephemeral, cancelOnAbort, waitForSlot, onWarning, onStatus } = options;
  const { timeout, startTimeout, schedule } = options;
  if (code.kernelExecutionType === 'QUICK_SAVE') {
    const message = 'QUICK_SAVE saves a version without running it; use kernels.push';
    refuse('kernels.run', [{ path: 'kernelExecutionType', message }]);
  }
  const own = ephemeral ? ephemeralRequest(code) : cancelOnAbort ? cancellable(code) : code;
  if (folder !== undefined) await abortable(prepareOutput(client, folder), joinSignals(client.signal, signal));
  const transfer = { signal, onProgress, concurrency };
  let pushed: PushedKernel | undefined;
  let log: CollectedLog | undefined;
  let uncertain = false;
  try {
    const kernel = await pushKernel(client, own, {
      ...transfer,
      waitForSlot,
      onWarning,
      settle: ephemeral || cancelOnAbort,
      ...(onStatus && { onStatus: (status: string) => onStatus(status, { status, failureMessage: undefined }) }),
      onPushed(saved) {
        pushed = saved;
        options.onPushed?.(saved);
      },
    }).catch((error: unknown) => {
      uncertain = isAmbiguous(error);
      throw error;
    });
    signal?.throwIfAborted();
    log = collectLog(client, kernel, options);
    const { status } = await wait(client, kernel, { signal, onStatus, onWarning, timeout, startTimeout, schedule });
    await log.finish();
    const files = folder === undefined ? [] : await output(client, kernel, folder, { ...transfer, pattern, onWarning });
    return { ...kernel, status, log: log.entries, files };
  } catch (error) {
    if (signal?.aborted && pushed && !ephemeral) {
      await cancelAfterAbort(client, pushed, { ...options, sessionId: options.sessionId ?? log?.sessionId() });
    }
    // The end of a failed kernel's log is where its traceback is.
    if (!(error instanceof KernelFailedError) || !log) throw signal?.aborted ? signal.reason : error;
    await log.finish();
    // The stored log may come later than the failure; what was followed is there.
    throw error.logTail === undefined ? new KernelFailedError(error.message, { ...error, logTail: log.tail() }) : error;
  } finally {
    log?.stop();
    if (ephemeral && (pushed || uncertain)) {
      await remove(client, pushed ?? own.slug!, { timeout: 30 }).catch((error: unknown) => {
        // A push whose answer was lost need not have saved anything.
        if (pushed || !(error instanceof NotFoundError || error instanceof PermissionError))
          options.onCancelError?.(error);
      });
    }
  }
}
