import { cancel as cancelRun, remove } from '../../services/kernels/index.ts';
import { type Command, flag, text } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { kernelArgument, kernelHelp } from '../kernel-ref.ts';

export const cancel: Command = {
  positionals: ['KERNEL'],
  options: {
    ...connectOptions,
    session: { type: 'string' },
    delete: { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
    json: { type: 'boolean' },
  },
  help: `
Cancels a running kernel; its output so far is saved. Kaggle wants the id of the session for that, which a script tells
in its log if it was pushed with --cancel, --params or a folder. Any other run is stopped by --delete.

${kernelHelp}

  --session ID     the id of the session; default: what the log of the run tells
  --delete         delete the kernel with all its versions and its output, which stops it and its billing
  --yes, -y        do not ask before deleting
  --json           {"sessionId"} or {"deleted"}
${connectHelp}`,
  examples: ['kaggle-ts cancel alice/my-training', 'kaggle-ts cancel alice/my-training --delete --yes'],
  async run({ values, positionals, terminal, signal }) {
    const kernel = kernelArgument(positionals);
    const client = connect(values, terminal);
    const json = flag(values, 'json');
    if (flag(values, 'delete')) {
      const what = `This deletes the kernel ${kernel} at ${client.baseUrl}, with all its versions and its output.`;
      await confirm(what, values, json ? { ...terminal, print: terminal.note } : terminal, signal);
      await remove(client, kernel, { signal });
      if (json) terminal.json({ deleted: kernel });
      else terminal.print(`${kernel} is deleted.`);
      return 0;
    }
    const given = text(values, 'session');
    const { sessionId } = await cancelRun(client, kernel, { signal, ...(given !== undefined && { sessionId: given }) });
    if (json) terminal.json({ sessionId });
    else terminal.print(`${kernel} is being cancelled (session ${sessionId}); kaggle-ts output has what it leaves.`);
    return 0;
  },
};
