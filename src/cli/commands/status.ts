import { status as statusOf } from '../../services/kernels/index.ts';
import { type Command, flag } from '../command.ts';
import { connect, connectOptions } from '../connect.ts';
import { kernelArgument } from '../kernel-ref.ts';

export const status: Command = {
  positionals: [kernelArgument],
  options: {
    json: { type: 'boolean', help: 'Print {"status", "failureMessage"} as one line of JSON' },
    ...connectOptions,
  },
  help: `
Print the status of a run: QUEUED, RUNNING, COMPLETE, ERROR, CANCEL_REQUESTED, CANCEL_ACKNOWLEDGED, or NOT_STARTED if the
version has no run yet.

The exit code does not depend on the status; see "kaggle-ts wait".`,
  examples: ['kaggle-ts status alice/my-training', 'kaggle-ts status alice/my-training/3 --json'],
  async run({ values, positionals, terminal, signal }) {
    const found = await statusOf(connect(values, terminal), positionals[0]!, { signal });
    const { status, failureMessage } = found;
    if (flag(values, 'json')) terminal.json({ status, failureMessage });
    else terminal.print(failureMessage ? `${status}: ${failureMessage}` : status);
    return 0;
  },
};
