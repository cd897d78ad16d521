import { Interrupted, UsageError } from './command.ts';
import { builtin, node, type OptionValues } from './node.ts';
import type { Terminal } from './terminal.ts';

/**
 * Says what is going to happen and waits for a yes: from `--yes`, or from the person at the terminal. Throws
 * `UsageError` where there is nobody to ask, `Interrupted` for a no.
 */
export async function confirm(
  what: string,
  values: OptionValues,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  terminal.print(what);
  if (values.yes === true) return;
  if (!node.stdin.isTTY) throw new UsageError('cannot ask for confirmation without a terminal: pass --yes');
  const readline = builtin('node:readline/promises').createInterface({ input: node.stdin, output: node.stderr });
  try {
    const answer = await readline.question(`Go on? [y/N] `, { signal });
    if (!/^y(?:es)?$/i.test(answer.trim())) throw new Interrupted();
  } finally {
    readline.close();
  }
}
