import { list as listKernels } from '../../services/kernels/index.ts';
import { type Command, flag, number, text } from '../command.ts';
import { connect, connectOptions } from '../connect.ts';

export const list: Command = {
  options: {
    user: { type: 'string', value: 'NAME', help: 'List the kernels of this user (default: your own)' },
    search: { type: 'string', value: 'TEXT', help: 'List only kernels that match the text' },
    limit: { type: 'string', value: 'N', help: 'Maximum number of kernels to list (default: 20)' },
    json: { type: 'boolean', help: "Print each kernel as one line of JSON, with the fields of Kaggle's API" },
    ...connectOptions,
  },
  help: 'List kernels, most recently run first: when it last ran (UTC), its name and its title.',
  examples: ['kaggle-ts list', 'kaggle-ts list --user alice --search training --limit 100 --json'],
  async run({ values, terminal, signal }) {
    const user = text(values, 'user');
    const search = text(values, 'search');
    const filter = {
      ...(user === undefined ? { group: 'PROFILE' as const } : { user }),
      ...(search !== undefined && { search }),
      sortBy: 'DATE_RUN' as const,
    };
    const limit = number(values, 'limit', 1_000_000, 1) ?? 20;
    const kernels = listKernels(connect(values, terminal), filter, { limit, signal });
    let count = 0;
    for await (const kernel of kernels) {
      count++;
      const { ref, title, lastRunTime } = kernel;
      if (flag(values, 'json')) terminal.json(kernel);
      else
        terminal.print(
          `${lastRunTime?.toISOString().slice(0, 16).replace('T', ' ') ?? ' '.repeat(16)}  ${ref}  ${title}`,
        );
    }
    if (count === 0) terminal.note('No kernels found.');
    if (kernels.capped) terminal.note(`There are more kernels. To list them, pass --limit ${limit * 5}.`);
    return 0;
  },
};
