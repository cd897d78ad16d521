import { KernelFailedError } from '../../core/errors.ts';
import { wait as waitFor } from '../../services/kernels/index.ts';
import { type Command, flag, number } from '../command.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { kernelArgument, kernelHelp } from '../kernel-ref.ts';

export const wait: Command = {
  positionals: ['KERNEL'],
  options: {
    ...connectOptions,
    timeout: { type: 'string' },
    'start-timeout': { type: 'string' },
    json: { type: 'boolean' },
  },
  help: `
Waits until a run has ended, and prints each new status. The exit code is 0 for COMPLETE, and 1 for a run that failed or
was cancelled; the end of its log is printed then.

${kernelHelp}

  --timeout S        seconds to wait; default no limit. The run itself goes on
  --start-timeout S  seconds that Kaggle may take to start the run; default 900
  --json             {"status", "failureMessage"} at the end, and nothing before
${connectHelp}`,
  examples: ['kaggle-ts wait alice/my-training', 'kaggle-ts wait alice/my-training/3 --timeout 3600 --json'],
  async run({ values, positionals, terminal, signal }) {
    const json = flag(values, 'json');
    const startTimeout = number(values, 'start-timeout', 1_000_000);
    try {
      const { status } = await waitFor(connect(values, terminal), kernelArgument(positionals), {
        signal,
        ...(startTimeout !== undefined && { startTimeout }),
        timeout: number(values, 'timeout', 10_000_000) ?? 0,
        onWarning: (message) => terminal.note(`Warning: ${message}`),
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
