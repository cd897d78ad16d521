import { plainCheck } from '../check/check.ts';
import { credentialStep } from '../check/live.ts';
import { makeFiles, uploadSteps } from '../check/upload.ts';
import { type Command, flag, number } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { randomSuffix } from '../names.ts';
import { runSteps } from '../steps.ts';
import { counted, inBytes } from '../words.ts';

export const checkUpload: Command = {
  options: {
    ...connectOptions,
    large: { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
    timeout: { type: 'string' },
  },
  help: `
Makes a private dataset of a few small files under a name of its own, waits until it is ready, downloads the files and
compares them byte by byte, does the same with a second version, and deletes the dataset: also after a failure and
Ctrl-C.

  --large          also a file of 9 MiB, which goes in several parts
  --yes, -y        do not ask before creating something
  --timeout S      seconds to wait for a version to be ready; default 900
${connectHelp}`,
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
