import { matcher } from '../../core/transfer/pattern.ts';
import { output as fetchOutput } from '../../services/kernels/index.ts';
import { type Command, flag, text, UsageError } from '../command.ts';
import { connect, connectOptions } from '../connect.ts';
import { folderOf, kernelArgument } from '../kernel-ref.ts';
import { builtin, type OptionValues } from '../node.ts';
import { showProgress } from '../progress.ts';
import { counted, warningPrinter } from '../words.ts';

function patternOf(values: OptionValues): string | undefined {
  const pattern = text(values, 'pattern');
  try {
    if (pattern !== undefined) matcher(pattern);
  } catch {
    const expected = 'a glob such as "*.csv" or a regular expression such as "\\.csv$"';
    throw new UsageError(`--pattern: expected ${expected}, got "${pattern}"`);
  }
  return pattern;
}

export const output: Command = {
  positionals: [kernelArgument],
  options: {
    out: { type: 'string', value: 'DIR', help: 'Folder for the files (default: a folder named after the kernel)' },
    pattern: {
      type: 'string',
      value: 'PATTERN',
      help: 'Download only files that match a glob ("*.csv") or a regular expression ("csv$"), and the log',
    },
    json: {
      type: 'boolean',
      help: 'Print only [{"name", "path", "size", "verified"}] as one line of JSON, at the end',
    },
    ...connectOptions,
  },
  help: `
Download the output files and the log of a run that has ended, even if it failed. Files that exist and have not changed are not
downloaded again, and an interrupted download resumes.`,
  examples: [
    'kaggle-ts output alice/my-training --out results',
    "kaggle-ts output alice/my-training/3 --pattern 'csv$'",
  ],
  async run({ values, positionals, terminal, signal }) {
    const kernel = positionals[0]!;
    const json = flag(values, 'json');
    const out = builtin('node:path').resolve(text(values, 'out') ?? folderOf(kernel));
    const pattern = patternOf(values);
    const files = await fetchOutput(connect(values, terminal), kernel, out, {
      signal,
      ...(pattern !== undefined && { pattern }),
      ...(!json && { onProgress: showProgress(terminal, 'downloaded') }),
      onWarning: warningPrinter(terminal),
    });
    if (json) terminal.json(files);
    else terminal.print(`${counted(files.length, 'file')} saved to ${out}`);
    return 0;
  },
};
