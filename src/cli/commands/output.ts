import { output as fetchOutput } from '../../services/kernels/index.ts';
import { type Command, flag, text } from '../command.ts';
import { connect, connectHelp, connectOptions } from '../connect.ts';
import { folderOf, kernelArgument, kernelHelp } from '../kernel-ref.ts';
import { builtin } from '../node.ts';
import { showProgress } from '../progress.ts';
import { counted } from '../words.ts';

export const output: Command = {
  positionals: ['KERNEL'],
  options: { ...connectOptions, out: { type: 'string' }, pattern: { type: 'string' }, json: { type: 'boolean' } },
  help: `
Fetches the output files of a run that has ended, also of one that failed, and its log. Files that are there already and
have not changed are kept; an interrupted command goes on where it was.

${kernelHelp}

  --out DIR        where the files go; default: a folder named like the kernel
  --pattern P      only the files whose name it matches; the log is always fetched
  --json           [{"name", "path", "size", "verified"}] at the end, and nothing before
${connectHelp}`,
  examples: [
    'kaggle-ts output alice/my-training --out results',
    "kaggle-ts output alice/my-training/3 --pattern 'csv$'",
  ],
  async run({ values, positionals, terminal, signal }) {
    const kernel = kernelArgument(positionals);
    const json = flag(values, 'json');
    const out = builtin('node:path').resolve(text(values, 'out') ?? folderOf(kernel));
    const pattern = text(values, 'pattern');
    const files = await fetchOutput(connect(values, terminal), kernel, out, {
      signal,
      ...(pattern !== undefined && { pattern }),
      ...(!json && { onProgress: showProgress(terminal, 'fetched') }),
      onWarning: (message) => terminal.note(`Warning: ${message}`),
    });
    if (json) terminal.json(files);
    else terminal.print(`${counted(files.length, 'file')} in ${out}`);
    return 0;
  },
};
