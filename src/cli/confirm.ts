import { Interrupted, UsageError } from './command.ts';
import { builtin, node, type OptionValues } from './node.ts';
import type { Terminal } from './terminal.ts';

/**
 * Prints what is about to happen and asks for confirmation, unless `--yes` is given. Throws `UsageError` if standard input is not a
 * terminal, and `Interrupted` if the answer is not yes.
 */
export async function confirm(
  what: string,
  values: OptionValues,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  terminal.print(what);
  if (values.yes === true) return;
  if (!node.stdin.isTTY)
    throw new UsageError('cannot ask for confirmation: standard input is not a terminal; pass --yes');
  const readline = builtin('node:readline/promises').createInterface({ input: node.stdin, output: node.stderr });
  try {
    const answer = await readline.question('Continue? [y/N] ', { signal });
    if (!/^y(?:es)?$/i.test(answer.trim())) throw new Interrupted('canceled');
  } finally {
    readline.close();
  }
}
