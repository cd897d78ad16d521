import { plainCheck } from '../check/check.ts';
import { credentialStep } from '../check/live.ts';
import { makeFiles, uploadSteps } from '../check/upload.ts';
import { type Command, flag, number } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectOptions } from '../connect.ts';
import { randomSuffix } from '../names.ts';
import { runSteps } from '../steps.ts';
import { counted, inBytes } from '../words.ts';

export const checkUpload: Command = {
  options: {
    large: { type: 'boolean', help: 'Also upload a file of 9 MiB, in several parts' },
    timeout: {
      type: 'string',
      value: 'SECONDS',
      help: 'Maximum time to wait for a version to be ready (default: 900)',
    },
    yes: { type: 'boolean', short: 'y', help: 'Do not ask for confirmation' },
    ...connectOptions,
  },
  help: `
Check that datasets work: upload a private dataset with a random name, wait until it is ready, download its files and compare
them byte by byte, then do the same with a second version. The dataset is deleted at the end, even after a failure or Ctrl-C.`,
  examples: ['kaggle-ts check upload', 'kaggle-ts check upload --yes --large --endpoint http://localhost:7777'],
  async run({ values, terminal, signal }) {
    const client = connect(values, terminal);
    const timeout = number(values, 'timeout', 86_400) ?? 900;
    const slug = `kaggle-ts-check-${randomSuffix()}`;
    const files = makeFiles(flag(values, 'large'));
    const size = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
    const what = `the private dataset "${slug}" (${counted(Object.keys(files).length, 'file')}, ${inBytes(size)}, two versions)`;
    await confirm(`This creates ${what} at ${client.baseUrl} and deletes it at the end.`, values, terminal, signal);
    return runSteps(terminal, async (steps) => {
      const check = plainCheck({ ...steps, client, terminal, signal, timeout });
      await uploadSteps(check, await credentialStep(check), slug, files);
    });
  },
};
