import { cancel as cancelRun, remove } from '../../services/kernels/index.ts';
import { type Command, flag, text, UsageError } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectOptions } from '../connect.ts';
import { kernelArgument } from '../kernel-ref.ts';

export const cancel: Command = {
  positionals: [kernelArgument],
  options: {
    session: { type: 'string', value: 'ID', help: 'Session ID of the run (default: read it from the log of the run)' },
    delete: {
      type: 'boolean',
      help: 'Delete the kernel with all its versions and output, which also stops a run and its use of quota',
    },
    yes: { type: 'boolean', short: 'y', help: 'Delete without asking for confirmation' },
    json: { type: 'boolean', help: 'Print {"sessionId"} or {"deleted"} as one line of JSON' },
    ...connectOptions,
  },
  help: `
Cancel a run. Kaggle saves its output so far.

Kaggle needs the session ID of the run, which no API call returns. Python scripts that were pushed with --cancel, --params or
from a folder print it in their log. To stop any other run, pass --delete.`,
  examples: ['kaggle-ts cancel alice/my-training', 'kaggle-ts cancel alice/my-training --delete --yes'],
  async run({ values, positionals, terminal, signal }) {
    const kernel = positionals[0]!;
    const session = text(values, 'session');
    if (session !== undefined && !/^\d{1,19}$/.test(session))
      throw new UsageError(`--session: expected a number, got "${session}"`);
    if (session !== undefined && flag(values, 'delete'))
      throw new UsageError('cannot combine --session with --delete, which deletes the whole kernel; pass one of them');
    const client = connect(values, terminal);
    const json = flag(values, 'json');
    if (flag(values, 'delete')) {
      const what = `This deletes the kernel ${kernel} at ${client.baseUrl}, with all its versions and output.`;
      await confirm(what, values, json ? { ...terminal, print: terminal.note } : terminal, signal);
      await remove(client, kernel, { signal });
      if (json) terminal.json({ deleted: kernel });
      else terminal.print(`Deleted ${kernel}.`);
      return 0;
    }
    const { sessionId } = await cancelRun(client, kernel, {
      signal,
      ...(session !== undefined && { sessionId: session }),
    });
    if (json) terminal.json({ sessionId });
    else
      terminal.print(`Canceling ${kernel} (session ${sessionId}). To download its output: kaggle-ts output ${kernel}`);
    return 0;
  },
};
