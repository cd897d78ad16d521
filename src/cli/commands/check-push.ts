import type { KaggleClient } from '../../core/client.ts';
import { logs, output, type PushedKernel, push, wait } from '../../services/kernels/index.ts';
import { collectFolder, sameBytes } from '../collect.ts';
import { type Command, number } from '../command.ts';
import { confirm } from '../confirm.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { dropKernel } from '../gone.ts';
import { randomSuffix, titleOf } from '../names.ts';
import { Mismatch, runSteps } from '../steps.ts';
import { counted } from '../words.ts';

/** A kernel that says a word, and writes what depends on its parameters. */
const script = `import os, sys
from kaggle_params import params
print("the word is", params["word"], flush=True)
print("and to stderr too", file=sys.stderr, flush=True)
os.makedirs("folder", exist_ok=True)
with open("result.txt", "w") as file:
    file.write(params["word"] + " " + str(sum(params["numbers"])) + "\\n")
with open("folder/bytes.bin", "wb") as file:
    file.write(bytes(range(256)) * 8)
`;

/** The files that the kernel has to leave behind. */
function expected(word: string): Record<string, Uint8Array> {
  return {
    'result.txt': new TextEncoder().encode(`${word} 6\n`),
    'folder/bytes.bin': Uint8Array.from({ length: 2048 }, (_, index) => index & 255),
  };
}

async function followUntil(
  client: KaggleClient,
  kernel: PushedKernel,
  word: string,
  signal: AbortSignal,
): Promise<number> {
  let lines = 0;
  let found = false;
  for await (const { data } of logs(client, kernel, { follow: true, signal })) {
    lines += data.split('\n').length - 1;
    found ||= data.includes(word);
  }
  if (!found) throw new Mismatch('the log does not have what the kernel printed');
  return lines;
}

async function compareOutput(
  client: KaggleClient,
  kernel: PushedKernel,
  word: string,
  signal: AbortSignal,
): Promise<number> {
  const folder = collectFolder();
  await output(client, kernel, folder, { signal });
  for (const [name, bytes] of Object.entries(expected(word))) {
    const content = folder.files.get(name);
    if (!content) throw new Mismatch(`${name} is missing; there is ${[...folder.files.keys()].join(', ')}`);
    if (!sameBytes(content, bytes)) throw new Mismatch(`${name} is not what the kernel wrote`);
  }
  return folder.files.size;
}

export const checkPush: Command = {
  name: 'check push',
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
    const slug = `kaggle-ts-check-${word}`;
    const what = `the private kernel "${slug}" (Python, CPU, a few seconds)`;
    await confirm(`This creates ${what} at ${client.baseUrl} and deletes it at the end.`, values, terminal, signal);
    return runSteps(terminal, async ({ step, atEnd }) => {
      const owner = await step('credential', () => client.whoAmI({ signal }), String);
      atEnd(`delete ${owner}/${slug}`, (end) => dropKernel(client, `${owner}/${slug}`, end));
      const request = {
        slug: `${owner}/${slug}`,
        newTitle: titleOf(slug),
        text: script,
        params: { word, numbers: [1, 2, 3] },
        isPrivate: true,
        enableInternet: false,
      };
      const kernel = await step(
        'push',
        () => push(client, request, { signal }),
        ({ ref, versionNumber }) => `${ref}, version ${versionNumber ?? '?'}`,
      );
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]);
      await step(
        'follow the log to its end',
        () => followUntil(client, kernel, word, limit),
        (lines) => counted(lines, 'line'),
      );
      await step(
        'wait for the end',
        () => wait(client, kernel, { signal, timeout, cancelOnAbort: true }),
        ({ status }) => status,
      );
      await step(
        'fetch the output and compare it',
        () => compareOutput(client, kernel, word, signal),
        (count) => counted(count, 'file'),
      );
    });
  },
};
