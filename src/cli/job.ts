import { KernelFailedError } from '../core/errors.ts';
import type { KaggleClient } from '../core/rpc/client.ts';
import {
  PartialPushError,
  type PushedKernel,
  type RunOptions,
  type RunRequest,
  type RunResult,
  run,
} from '../services/kernels/index.ts';
import { asArgument, describeRun, resumeCommands } from './kernel-ref.ts';
import { createLogPrinter } from './log-printer.ts';
import { showProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { counted, inWords, warningPrinter } from './words.ts';

/**
 * Runs a kernel and prints each new status, its log line by line, and each downloaded file. Resolves to `undefined` when
 * the kernel itself failed, after printing why. For any other error it prints the state of the run and how to resume
 * following it, unless the caller `deletes` the kernel, and throws.
 */
export async function runJob(
  client: KaggleClient,
  request: RunRequest,
  terminal: Terminal,
  options: RunOptions,
  deletes = false,
): Promise<RunResult | undefined> {
  const printer = createLogPrinter(terminal);
  // A large folder is uploaded before the push.
  const uploads = showProgress(terminal, 'uploaded');
  const downloads = showProgress(terminal, 'downloaded');
  const { signal, ephemeral, cancelOnAbort } = options;
  let pushed: PushedKernel | undefined;
  let cancelError: unknown;
  let ended = false;
  const announce = () => {
    const what = ephemeral ? 'stopping and deleting' : cancelOnAbort ? 'canceling' : undefined;
    if (what && pushed) terminal.note(`${what} ${describeRun(pushed)}`);
  };
  signal?.addEventListener('abort', announce, { once: true });
  try {
    const result = await run(client, request, {
      ...options,
      onPushed(kernel) {
        pushed = kernel;
        terminal.print(`Pushed ${describeRun(kernel)}: ${kernel.url}`);
      },
      onLog: printer.take,
      onStatus(status) {
        ended = status === 'COMPLETE' || status === 'ENDED';
        terminal.print(`Status: ${status}`);
      },
      onWarning: warningPrinter(terminal),
      onProgress: (progress) => (pushed ? downloads : uploads)(progress),
      onCancelError(error: unknown) {
        cancelError = error;
        terminal.note(inWords(error));
      },
    });
    printer.end();
    terminal.print(`Done: ${describeRun(result)}, ${counted(result.files.length, 'file')}`);
    return result;
  } catch (error) {
    printer.end();
    if (error instanceof KernelFailedError && !signal?.aborted) {
      // Its log, with the traceback, was just printed: leave out `logTail`.
      terminal.note(inWords(new KernelFailedError(error.message, { status: error.status })));
      if (pushed && !ephemeral && !deletes)
        terminal.note(`To download its files, if any: kaggle-ts output ${asArgument(pushed)}`);
      return undefined;
    }
    if (deletes) throw error;
    if (pushed) terminal.note(describeState(pushed, { ...options, ended }, cancelError));
    else if (signal?.aborted && request.slug) terminal.note(mayBePushed(request.slug));
    // The error that is thrown lists what was left out.
    if (error instanceof PartialPushError && !ephemeral)
      terminal.note('The run continues without them; cancel it if it needs them.');
    throw error;
  } finally {
    signal?.removeEventListener('abort', announce);
  }
}

/** The state of a run whose command ends early. */
function describeState(kernel: PushedKernel, options: RunOptions & { ended: boolean }, cancelError: unknown): string {
  const name = describeRun(kernel);
  const { url } = kernel;
  if (options.ephemeral && !cancelError) return `${name} was stopped and deleted.`;
  const download = `  download its files:  kaggle-ts output ${asArgument(kernel)}`;
  if (options.ended) return `${name} has ended: ${url}\n${download}`;
  if (options.signal?.aborted && options.cancelOnAbort && !cancelError)
    return `${name} was canceled; its output so far is saved: ${url}\n${download}`;
  return `${name} is still running and using quota: ${url}\n${resumeCommands(kernel)}`;
}

/** After an interruption during the push. */
function mayBePushed(slug: string): string {
  return `The push may have reached Kaggle. If it did, ${slug} is running and using quota. To check: kaggle-ts status ${slug}`;
}
