import { plainCheck } from '../check/check.ts';
import { credentialStep } from '../check/live.ts';
import { pushSteps } from '../check/push.ts';
import { type Command, number } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectOptions } from '../connect.ts';
import { randomSuffix } from '../names.ts';
import { runSteps } from '../steps.ts';

export const checkPush: Command = {
  options: {
    timeout: { type: 'string', value: 'SECONDS', help: 'Maximum time to wait for the run (default: 900)' },
    yes: { type: 'boolean', short: 'y', help: 'Do not ask for confirmation' },
    ...connectOptions,
  },
  help: `
Check that kernels work: push a private kernel with a random name (Python, CPU, no internet), follow its log, wait for it,
download its output and compare it. The kernel is deleted at the end, even after a failure or Ctrl-C.`,
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
