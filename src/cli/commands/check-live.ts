import { plainCheck } from '../check/check.ts';
import { credentialStep, liveSteps } from '../check/live.ts';
import type { Command } from '../command.ts';
import { connect, connectOptions } from '../connect.ts';
import { runSteps } from '../steps.ts';

export const checkLive: Command = {
  options: connectOptions,
  help: `
Check that reading works: the user name of the credential, kernels, datasets, the files of a dataset, and the quota. Creates and
changes nothing.`,
  examples: ['kaggle-ts check live', 'kaggle-ts check live --endpoint http://localhost:7777'],
  async run({ values, terminal, signal }) {
    const client = connect(values, terminal);
    terminal.print(`Reading from ${client.baseUrl}. Nothing is created.`);
    return runSteps(terminal, async (steps) => {
      const check = plainCheck({ ...steps, client, terminal, signal, timeout: 0 });
      await liveSteps(check, await credentialStep(check));
    });
  },
};
