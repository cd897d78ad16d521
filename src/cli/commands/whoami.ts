import type { Command } from '../command.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';

export const whoami: Command = {
  options: connectOptions,
  help: `
Asks the server who the credential stands for, and prints the user name.

${connectHelp}`,
  examples: ['kaggle-ts whoami', 'KAGGLE_API_TOKEN=KGAT_... kaggle-ts whoami'],
  async run({ values, terminal, signal }) {
    terminal.print(await connect(values, terminal).whoAmI({ signal }));
    return 0;
  },
};
