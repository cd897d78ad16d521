import { logs as logsOf } from '../../services/kernels/index.ts';
import { type Command, flag } from '../command.ts';
import { connect, connectOptions } from '../connect.ts';
import { kernelArgument } from '../kernel-ref.ts';
import { createLogPrinter } from '../log-printer.ts';
import { warningPrinter } from '../words.ts';

export const logs: Command = {
  positionals: [kernelArgument],
  options: {
    follow: {
      type: 'boolean',
      short: 'f',
      help: 'Wait for the run to start and follow its log until it ends (default: print the stored log of a finished run)',
    },
    json: { type: 'boolean', help: 'Print each log entry as one line of JSON: {"stream", "time", "data"}' },
    ...connectOptions,
  },
  help: `
Print the log of a run. Each line starts with the seconds since the start of the run, then "|" for standard output or "!" for
standard error.`,
  examples: ['kaggle-ts logs alice/my-training --follow', 'kaggle-ts logs alice/my-training/3 --json > log.jsonl'],
  async run({ values, positionals, terminal, signal }) {
    const follow = flag(values, 'follow');
    const onWarning = warningPrinter(terminal);
    const entries = logsOf(connect(values, terminal), positionals[0]!, { follow, signal, onWarning });
    const printer = createLogPrinter(terminal);
    try {
      for await (const entry of entries) {
        if (flag(values, 'json')) terminal.json(entry);
        else printer.take(entry);
      }
    } finally {
      printer.end();
    }
    return 0;
  },
};
