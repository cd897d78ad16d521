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
import { asArgument, comeBack } from './kernel-ref.ts';
import { createLogPrinter } from './log-printer.ts';
import { showProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { counted, inWords } from './words.ts';

/**
 * Pushes a kernel and shows what becomes of it: each new status, its log line by line, the files as they are fetched.
 * `undefined` when the kernel itself failed; that has then been said. When anything else ends it, it says what becomes of
 * the run, and how to come back to it, unless the caller `deletes` it.
 */
export async function runJob(
  client: KaggleClient,
  request: RunRequest,
  terminal: Terminal,
  options: RunOptions,
  deletes = false,
): Promise<RunResult | undefined> {
  const printer = createLogPrinter(terminal);
  const { signal, ephemeral, cancelOnAbort } = options;
  let pushed: PushedKernel | undefined;
  let cancelError: unknown;
  let ended = false;
  const announce = () => {
    const what = ephemeral ? 'stopping and deleting' : cancelOnAbort ? 'cancelling' : undefined;
    if (what && pushed) terminal.note(`${what} ${nameOf(pushed)}`);
  };
  signal?.addEventListener('abort', announce, { once: true });
  try {
    const result = await run(client, request, {
      ...options,
      onPushed(kernel) {
        pushed = kernel;
        terminal.print(`Pushed ${nameOf(kernel)}: ${kernel.url}`);
      },
      onLog: printer.take,
      onStatus(status) {
        ended = status === 'COMPLETE' || status === 'ENDED';
        terminal.print(`Status: ${status}`);
      },
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
    if (error instanceof KernelFailedError && !signal?.aborted) {
      // Its log has just been shown; the traceback need not come twice.
      terminal.note(inWords(new KernelFailedError(error.message, { status: error.status })));
      if (pushed && !ephemeral && !deletes)
        terminal.note(`Its files, if it left any: kaggle-ts output ${asArgument(pushed)}`);
      return undefined;
    }
    if (deletes) throw error;
    if (pushed) terminal.note(whatBecame(pushed, { ...options, ended }, cancelError));
    else if (signal?.aborted && request.slug) terminal.note(mayBePushed(request.slug));
    // What was left out has been said with it.
    if (error instanceof PartialPushError && !ephemeral)
      terminal.note('It runs without them: stop it if it needs them.');
    throw error;
  } finally {
    signal?.removeEventListener('abort', announce);
  }
}

const nameOf = ({ ref, versionNumber }: PushedKernel) => (versionNumber ? `${ref}, version ${versionNumber}` : ref);

/** What becomes of a run whose command has ended before it was done. */
function whatBecame(kernel: PushedKernel, options: RunOptions & { ended: boolean }, cancelError: unknown): string {
  const name = nameOf(kernel);
  const { url } = kernel;
  if (options.ephemeral && !cancelError) return `${name} was stopped and deleted.`;
  if (options.ended) return `${name} has ended: ${url}\n  its files:  kaggle-ts output ${asArgument(kernel)}`;
  if (options.signal?.aborted && options.cancelOnAbort && !cancelError) {
    const output = `kaggle-ts output ${asArgument(kernel)}`;
    return `${name} was cancelled; what it has written so far is at ${url}, or: ${output}`;
  }
  return `${name} still runs, and uses quota: ${url}\n${comeBack(kernel)}`;
}

/** For an interruption while the push was under way. */
function mayBePushed(slug: string): string {
  return `If the push had reached Kaggle, ${slug} runs, and uses quota. To see: kaggle-ts status ${slug}`;
}
