import type { Command } from '../command.ts';
import { connect, connectOptions } from '../connect.ts';

export const whoami: Command = {
  options: connectOptions,
  help: 'Print the user name that the credential belongs to.',
  examples: ['kaggle-ts whoami', 'KAGGLE_API_TOKEN=KGAT_... kaggle-ts whoami'],
  async run({ values, terminal, signal }) {
    terminal.print(await connect(values, terminal).whoAmI({ signal }));
    return 0;
  },
};
