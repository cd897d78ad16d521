import { plainCheck } from '../check/check.ts';
import { credentialStep, liveSteps } from '../check/live.ts';
import type { Command } from '../command.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { runSteps } from '../steps.ts';

export const checkLive: Command = {
  options: connectOptions,
  help: `
Reads a little of everything from the server, to see that the credential and the answers are understood: who the
credential stands for, kernels, datasets, the files of one, the quota. Creates and changes nothing.

${connectHelp}`,
  examples: ['kaggle-ts check live', 'kaggle-ts check live --endpoint http://localhost:7777'],
  async run({ values, terminal, signal }) {
    const client = connect(values, terminal);
    terminal.print(`Reads from ${client.baseUrl}; nothing is created.`);
    return runSteps(terminal, async (steps) => {
      const check = plainCheck({ ...steps, client, terminal, signal, timeout: 0 });
      await liveSteps(check, await credentialStep(check));
    });
  },
};
