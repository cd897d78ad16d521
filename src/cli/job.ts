import { KernelFailedError } from '../core/errors.ts';
import type { KaggleClient } from '../core/rpc/client.ts';
import { type PushedKernel, type RunOptions, type RunRequest, type RunResult, run } from '../services/kernels/index.ts';
import { createLogPrinter } from './log-printer.ts';
import { showProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { counted, inWords } from './words.ts';

/**
 * Pushes a kernel and shows what becomes of it: each new status, its log line by line, the files as they are fetched.
 * `undefined` when the kernel itself failed; that has then been said.
 */
export async function runJob(
  client: KaggleClient,
  request: RunRequest,
  terminal: Terminal,
  options: RunOptions,
): Promise<RunResult | undefined> {
  const printer = createLogPrinter(terminal);
  let pushed: PushedKernel | undefined;
  let cancelError: unknown;
  try {
    const result = await run(client, request, {
      ...options,
      onPushed(kernel) {
        pushed = kernel;
        terminal.print(`Pushed ${kernel.ref}, version ${kernel.versionNumber}: ${kernel.url}`);
      },
      onLog: printer.take,
      onStatus: (status) => terminal.print(`Status: ${status}`),
      onWarning: (message) => terminal.note(`Warning: ${message}`),
      onProgress: showProgress(terminal, request.folder === undefined ? 'fetched' : 'transferred'),
      onCancelError(error: unknown) {
        cancelError = error;
        terminal.note(inWords(error));
      },
    });
    printer.end();
    terminal.print(`Done: ${result.ref}, version ${result.versionNumber}, ${counted(result.files.length, 'file')}.`);
    return result;
  } catch (error) {
    printer.end();
    if (options.signal?.aborted && pushed) terminal.note(whatBecame(pushed, options, cancelError));
    if (!(error instanceof KernelFailedError)) throw error;
    // Its log has just been shown; the traceback need not come twice.
    terminal.note(inWords(new KernelFailedError(error.message, { status: error.status })));
    return undefined;
  }
}

/** What becomes of a run whose command was interrupted. */
function whatBecame({ ref, versionNumber, url }: PushedKernel, options: RunOptions, cancelError: unknown): string {
  const name = `${ref}, version ${versionNumber}`;
  if (options.ephemeral && !cancelError) return `${name} was stopped and deleted.`;
  if (options.cancelOnAbort && !cancelError) return `${name} was cancelled; what it has written so far is at ${url}`;
  return `${name} still runs, and uses quota: ${url}`;
}
