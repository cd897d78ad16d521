import { KernelFailedError } from '../../core/errors.ts';
import { wait as waitFor } from '../../services/kernels/index.ts';
import { type Command, flag, number } from '../command.ts';
import { connect, connectOptions } from '../connect.ts';
import { kernelArgument } from '../kernel-ref.ts';
import { warningPrinter } from '../words.ts';

export const wait: Command = {
  positionals: [kernelArgument],
  options: {
    timeout: {
      type: 'string',
      value: 'SECONDS',
      help: 'Maximum time to wait; the run itself continues (default: no limit)',
    },
    'start-timeout': {
      type: 'string',
      value: 'SECONDS',
      help: 'Maximum time to wait for the run to start, not counting its time in the queue (default: 900)',
    },
    json: { type: 'boolean', help: 'Print only {"status", "failureMessage"} as one line of JSON, at the end' },
    ...connectOptions,
  },
  help: 'Wait for a run to finish, and print each new status. If the run fails, print the last lines of its log.',
  exitCodes: { 0: 'The run completed', 1: 'The run failed or was canceled, or the command failed' },
  examples: ['kaggle-ts wait alice/my-training', 'kaggle-ts wait alice/my-training/3 --timeout 3600 --json'],
  async run({ values, positionals, terminal, signal }) {
    const json = flag(values, 'json');
    const startTimeout = number(values, 'start-timeout', 1_000_000);
    try {
      const { status } = await waitFor(connect(values, terminal), positionals[0]!, {
        signal,
        ...(startTimeout !== undefined && { startTimeout }),
        timeout: number(values, 'timeout', 10_000_000) ?? 0,
        onWarning: warningPrinter(terminal),
        onStatus: (status) => json || terminal.print(`Status: ${status}`),
      });
      if (json) terminal.json({ status });
      return 0;
    } catch (error) {
      if (!json || !(error instanceof KernelFailedError)) throw error;
      const { status, failureMessage } = error;
      terminal.json({ status, failureMessage });
      return 1;
    }
  },
};
