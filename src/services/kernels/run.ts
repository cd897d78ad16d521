import { abortable } from '../../core/abortable.ts';
import type { ErrorText } from '../../core/error-text.ts';
import { NotFoundError, PermissionError } from '../../core/errors.ts';
import { checkCall, refuse } from '../../core/options/check.ts';
import { callback, flag, seconds } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import { transferFields } from '../../core/options/transfer.ts';
import type { Progress } from '../../core/progress.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { type Folder, folderField } from '../../core/transfer/folder.ts';
import { patternField } from '../../core/transfer/pattern.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import { type FollowOptions, follow } from './follow.ts';
import type { LogEntry } from './log/entry.ts';
import { type FetchedFile, output } from './output/output.ts';
import { prepareOutput } from './output/prepare.ts';
import { pushKernel } from './push/push.ts';
import type { PushedKernel } from './push/pushed.ts';
import { isAmbiguous } from './push/recover.ts';
import { cancellable, type PushRequest, pushFields } from './push/request.ts';
import { remove } from './remove.ts';
import { type WaitResult, waitFields } from './wait.ts';

/** What `run` pushes, and where it saves the output. */
export interface RunRequest extends PushRequest {
  /** Folder for the output files: a path, or a `FolderSink`. Without it nothing is downloaded. */
  output?: Folder | undefined;
  /** Downloads only files whose name matches: a `RegExp`, or a glob such as `*.csv`; see `output`. */
  pattern?: RegExp | string | undefined;
}

/** Options of `run`. */
export interface RunOptions extends FollowOptions {
  /** Receives the version as soon as Kaggle has saved it, even if the push then throws `PartialPushError`. */
  onPushed?: ((kernel: PushedKernel) => void) | undefined;
  /** Receives the progress of uploads (files of the job) and downloads (output files). */
  onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Maximum number of concurrent transfers.
   * @default the concurrency of the platform
   */
  concurrency?: number | undefined;
  /**
   * Seconds to wait for a free slot if the account runs as many sessions as Kaggle allows.
   * @default 0
   */
  waitForSlot?: number | undefined;
  /**
   * Runs in a new kernel, whose slug gets a random suffix, and deletes it afterwards, even if the run fails. After an abort this
   * also stops the run and its use of quota.
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

/** A completed run. */
export interface RunResult extends PushedKernel, WaitResult {
  /** The complete log. */
  log: LogEntry[];
  /** The downloaded files, including the log; empty without `output`. */
  files: FetchedFile[];
}

/** The request with a random suffix in slug and title. */
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

/**
 * Runs a complete job: pushes a kernel, passes its log to `onLog` while it runs, waits for the pushed version, and downloads
 * its output. If the live log is lost, the rest comes from the stored log.
 *
 * @param request - The kernel, as for `push`, and where to save its output.
 * @returns The pushed version, its log, and the downloaded files.
 * @throws Everything that `push`, `wait` (`KernelFailedError`, `TimeoutError`) and `output` throw.
 * @throws The reason of `signal` if it is aborted. The run continues on Kaggle, except with `cancelOnAbort` or `ephemeral`.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { run } from 'kaggle-ts/kernels';
 *
 * const result = await run(
 *   createClient(),
 *   { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print("hello")', output: './out' },
 *   { onLog: ({ data }) => console.log(data), timeout: 3600 },
 * );
 * console.log(result.status, result.files);
 * ```
 */
export async function run(client: KaggleClient, request: RunRequest, options: RunOptions = {}): Promise<RunResult> {
  checkCall('kernels.run', client, { request, options }, { request: runRequestFields, options: runFields });
  const { output: folder, pattern, ...code } = request;
  const { signal, onProgress, concurrency, ephemeral, cancelOnAbort, waitForSlot, onWarning, onStatus } = options;
  if (code.kernelExecutionType === 'QUICK_SAVE') {
    const message = 'QUICK_SAVE saves a version without running it; use kernels.push';
    refuse('kernels.run', [{ path: 'kernelExecutionType', message }]);
  }
  const own = ephemeral ? ephemeralRequest(code) : cancelOnAbort ? cancellable(code) : code;
  if (folder !== undefined) await abortable(prepareOutput(client, folder), joinSignals(client.signal, signal));
  const transfer = { signal, onProgress, concurrency };
  let pushed: PushedKernel | undefined;
  let uncertain = false;

  function begin(onSaved: (run: PushedKernel) => void): Promise<PushedKernel> {
    return pushKernel(client, own, {
      ...transfer,
      waitForSlot,
      onWarning,
      settle: ephemeral || cancelOnAbort,
      ...(onStatus && { onStatus: (status: string) => onStatus(status, { status, failureMessage: undefined }) }),
      onPushed(saved) {
        pushed = saved;
        onSaved(saved);
        options.onPushed?.(saved);
      },
    }).catch((error: unknown) => {
      uncertain = isAmbiguous(error);
      throw error;
    });
  }

  try {
    // An ephemeral kernel is deleted instead, which stops its run.
    const { kernel, status, log } = await follow(client, begin, {
      ...options,
      cancelOnAbort: cancelOnAbort && !ephemeral,
    });
    const files = folder === undefined ? [] : await output(client, kernel, folder, { ...transfer, pattern, onWarning });
    return { ...kernel, status, log, files };
  } finally {
    if (ephemeral && (pushed || uncertain)) {
      await remove(client, pushed ?? own.slug!, { timeout: 30 }).catch((error: unknown) => {
        // A push whose response was lost may not have saved anything.
        if (pushed || !(error instanceof NotFoundError || error instanceof PermissionError))
          options.onCancelError?.(error);
      });
    }
  }
}
