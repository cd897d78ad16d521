import { plainCheck } from '../check/check.ts';
import { credentialStep } from '../check/live.ts';
import { pushSteps } from '../check/push.ts';
import { type Command, number } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { randomSuffix } from '../names.ts';
import { runSteps } from '../steps.ts';

export const checkPush: Command = {
  options: { ...connectOptions, yes: { type: 'boolean', short: 'y' }, timeout: { type: 'string' } },
  help: `
Pushes a private kernel without accelerator and without internet under a name of its own, follows its log, waits for it,
fetches its output and compares it, and deletes the kernel: also after a failure and Ctrl-C.

  --yes, -y        do not ask before creating something
  --timeout S      seconds to wait for the kernel; default 900
${connectHelp}`,
  examples: ['kaggle-ts check push', 'kaggle-ts check push --yes --timeout 3600'],
  async run({ values, terminal, signal }) {
    const client = connect(values, terminal);
    const timeout = number(values, 'timeout', 86_400) ?? 900;
    const word = randomSuffix();
    const what = `the private kernel "kaggle-ts-check-${word}" (Python, CPU, a few seconds)`;
    await confirm(`This creates ${what} at ${client.baseUrl} and deletes it at the end.`, values, terminal, signal);
    return runSteps(terminal, async (steps) => {
      const check = plainCheck({ ...steps, client, terminal, signal, timeout });
      await pushSteps(check, await credentialStep(check), word);
    });
  },
};
