/** Finds the command, parses its options, and turns errors into a message and an exit code. */
import { nearName } from '../core/near-name.ts';
import { version } from '../core/rpc/version.ts';
import { type Command, Interrupted, UsageError } from './command.ts';
import { type Entry, entries } from './commands.ts';
import { commandHelp, familyHelp, overview } from './help.ts';
import { builtin, node, type OptionConfig, type OptionValues } from './node.ts';
import type { Terminal } from './terminal.ts';
import { inWords } from './words.ts';

/** The commands of two words that start with this one. */
const familyOf = (first: string) => entries.filter(({ name }) => name.startsWith(`${first} `));

/** The command named by the first one or two arguments, and the remaining arguments. */
function find(args: readonly string[]): { entry: Entry; rest: readonly string[] } {
  for (const length of [2, 1]) {
    const name = args.slice(0, length).join(' ');
    const entry = entries.find((candidate) => candidate.name === name);
    if (entry) return { entry, rest: args.slice(length) };
  }
  const [first = '', second] = args;
  const family = familyOf(first).map(({ name }) => name);
  if (family.length > 0 && (second === undefined || second.startsWith('-'))) {
    throw new UsageError(`missing subcommand: expected ${family.map((name) => `"${name}"`).join(', ')}`);
  }
  const asked = args.slice(0, family.length > 0 ? 2 : 1).join(' ');
  const near = nearName(asked, family.length > 0 ? family : entries.map(({ name }) => name));
  throw new UsageError(`unknown command "${asked}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

const help: Record<string, OptionConfig> = { help: { type: 'boolean', short: 'h' } };

/** The message for an error of `parseArgs`. */
function parseProblem(error: unknown, known: readonly string[]): string {
  const { code, message } = error as Error & { code?: string };
  const [, option = ''] = /'(?:-\w, )?(-[^' ]*)/.exec(message) ?? [];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = nearName(option, known);
    return `unknown option ${option}${near === undefined ? '' : `; did you mean ${near}?`}`;
  }
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message;
  if (message.includes('does not take')) return `${option} does not take a value`;
  const dash = message.includes('ambiguous') ? `; for a value that starts with "-", write ${option}=VALUE` : '';
  return `missing value for ${option}${dash}`;
}

function parse({ positionals: expected = [], ...command }: Command, args: readonly string[]) {
  const options = { ...command.options, ...help };
  let parsed: { values: OptionValues; positionals: string[] };
  try {
    parsed = builtin('node:util').parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(parseProblem(error, known), { cause: error });
  }
  const { positionals } = parsed;
  const missing = expected[positionals.length];
  if (missing) throw new UsageError(`missing argument ${missing.name}`);
  if (positionals.length > expected.length)
    throw new UsageError(`unexpected argument "${positionals[expected.length]}"`);
  return parsed;
}

/** Calls `act` with a signal that the first Ctrl-C aborts. The second one ends the process at once. */
async function interruptible<T>(terminal: Terminal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) node.exit(130);
    terminal.note('stopping; press Ctrl-C again to quit now');
    controller.abort(new Interrupted());
  };
  node.on('SIGINT', stop);
  node.on('SIGTERM', stop);
  try {
    return await act(controller.signal);
  } finally {
    node.off('SIGINT', stop);
    node.off('SIGTERM', stop);
  }
}

const asksForHelp = (arg: string) => arg === '--help' || arg === '-h';

/** Runs one command line, and resolves to the exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const asksHelp = args[0] === 'help';
  if (asksForHelp(asksHelp ? (args[1] ?? '-h') : (args[0] ?? '-h'))) {
    terminal.print(overview(entries, terminal.width));
    return 0;
  }
  if (args[0] === '--version') {
    terminal.print(version);
    return 0;
  }
  const words = asksHelp ? args.slice(1) : args;
  const family = familyOf(words[0]!);
  if (family.length > 0 && (words.length === 1 ? asksHelp : asksForHelp(words[1]!))) {
    terminal.print(familyHelp(words[0]!, family, terminal.width));
    return 0;
  }
  let called = '';
  try {
    const { entry, rest } = find(words);
    called = entry.name;
    const command = await entry.load();
    if (asksHelp || rest.some(asksForHelp)) {
      terminal.print(commandHelp(called, command, terminal.width));
      return 0;
    }
    const { values, positionals } = parse(command, rest);
    return await interruptible(
      terminal,
      async (signal) => (await command.run({ values, positionals, terminal, signal })) ?? 0,
    );
  } catch (error) {
    terminal.note(`kaggle-ts${called && ` ${called}`}: ${inWords(error)}`);
    if (error instanceof Interrupted) return 130;
    if (!(error instanceof UsageError)) return 1;
    terminal.note(`Run "kaggle-ts ${called && `${called} `}--help" for usage.`);
    return 2;
  }
}
