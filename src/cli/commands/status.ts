import { status as statusOf } from '../../services/kernels/index.ts';
import { type Command, flag } from '../command.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { kernelArgument, kernelHelp } from '../kernel-ref.ts';

export const status: Command = {
  positionals: ['KERNEL'],
  options: { ...connectOptions, json: { type: 'boolean' } },
  help: `
Prints the status of a run: QUEUED, RUNNING, COMPLETE, ERROR, CANCEL_REQUESTED, CANCEL_ACKNOWLEDGED, or NOT_STARTED for
a version that has no run (yet).

${kernelHelp}

  --json           {"status", "failureMessage"}
${connectHelp}`,
  examples: ['kaggle-ts status alice/my-training', 'kaggle-ts status alice/my-training/3 --json'],
  async run({ values, positionals, terminal, signal }) {
    const found = await statusOf(connect(values, terminal), kernelArgument(positionals), { signal });
    const { status, failureMessage } = found;
    if (flag(values, 'json')) terminal.json({ status, failureMessage });
    else terminal.print(failureMessage ? `${status}: ${failureMessage}` : status);
    return 0;
  },
};
