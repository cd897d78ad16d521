import { logs as logsOf } from '../../services/kernels/index.ts';
import { type Command, flag } from '../command.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { kernelArgument, kernelHelp } from '../kernel-ref.ts';
import { createLogPrinter } from '../log-printer.ts';

export const logs: Command = {
  positionals: ['KERNEL'],
  options: { ...connectOptions, follow: { type: 'boolean', short: 'f' }, json: { type: 'boolean' } },
  help: `
Prints the log of a run, each line with its seconds since the start; lines of standard error have a "!".

${kernelHelp}

  --follow, -f     wait for the run and follow its log until it ends; default: the stored log of a run that has ended
  --json           one {"stream", "time", "data"} a line
${connectHelp}`,
  examples: ['kaggle-ts logs alice/my-training --follow', 'kaggle-ts logs alice/my-training/3 --json > log.jsonl'],
  async run({ values, positionals, terminal, signal }) {
    const follow = flag(values, 'follow');
    const onWarning = (message: string) => terminal.note(`Warning: ${message}`);
    const entries = logsOf(connect(values, terminal), kernelArgument(positionals), { follow, signal, onWarning });
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
