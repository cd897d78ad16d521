import type { KaggleClient } from '../core/client.ts';
import { KernelFailedError } from '../core/errors.ts';
import { type RunOptions, type RunRequest, type RunResult, run } from '../services/kernels/index.ts';
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
  try {
    const result = await run(client, request, {
      ...options,
      onLog: printer.take,
      onStatus: (status) => terminal.print(`Status: ${status}`),
      onProgress: showProgress(terminal, request.folder === undefined ? 'fetched' : 'transferred'),
      onCancelError: (error: unknown) => terminal.note(inWords(error)),
    });
    printer.end();
    terminal.print(
      `Done: ${result.ref}, version ${result.versionNumber ?? '?'}, ${counted(result.files.length, 'file')}.`,
    );
    return result;
  } catch (error) {
    printer.end();
    if (!(error instanceof KernelFailedError)) throw error;
    // Its log has just been shown; the traceback need not come twice.
    terminal.note(inWords(new KernelFailedError(error.message, { status: error.status })));
    return undefined;
  }
}
