import { list as listKernels } from '../../services/kernels/index.ts';
import { type Command, flag, number, text } from '../command.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';

export const list: Command = {
  options: {
    ...connectOptions,
    user: { type: 'string' },
    search: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean' },
  },
  help: `
Lists kernels, those that ran last first: your own, or those of another user.

  --user NAME      the kernels of this user
  --search TEXT    only those that it finds
  --limit N        the most kernels to list; default 20
  --json           one kernel a line, as Kaggle describes it
${connectHelp}`,
  examples: ['kaggle-ts list', 'kaggle-ts list --user alice --search training --limit 100 --json'],
  async run({ values, terminal, signal }) {
    const user = text(values, 'user');
    const search = text(values, 'search');
    const filter = {
      ...(user === undefined ? { group: 'PROFILE' as const } : { user }),
      ...(search !== undefined && { search }),
      sortBy: 'DATE_RUN' as const,
    };
    const limit = number(values, 'limit', 1_000_000) ?? 20;
    const kernels = listKernels(connect(values, terminal), filter, { limit, signal });
    for await (const kernel of kernels) {
      const { ref, title, lastRunTime } = kernel;
      if (flag(values, 'json')) terminal.json(kernel);
      else
        terminal.print(
          `${lastRunTime?.toISOString().slice(0, 16).replace('T', ' ') ?? ' '.repeat(16)}  ${ref}  ${title}`,
        );
    }
    if (kernels.capped) terminal.note(`There are more: --limit ${limit * 5} shows them.`);
    return 0;
  },
};
