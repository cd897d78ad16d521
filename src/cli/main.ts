#!/usr/bin/env node
/** The command line: finds the command, reads its options, and turns what goes wrong into words and an exit code. */
import { nearName, noSuchOption } from '../core/near-name.ts';
import { version } from '../core/rpc/version.ts';
import { type Command, Interrupted, UsageError } from './command.ts';
import { type Entry, entries } from './commands.ts';
import { commandHelp, overview } from './help.ts';
import { builtin, node, type OptionConfig } from './node.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { inWords } from './words.ts';

/** The command that the first one or two words name, and the words behind it. */
function find(args: readonly string[]): { entry: Entry; rest: readonly string[] } {
  for (const length of [2, 1]) {
    const name = args.slice(0, length).join(' ');
    const entry = entries.find((candidate) => candidate.name === name);
    if (entry) return { entry, rest: args.slice(length) };
  }
  const [first = '', second] = args;
  const family = entries.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  if (family.length > 0 && (second === undefined || second.startsWith('-'))) {
    throw new UsageError(`"${first}" is incomplete: use ${family.map((name) => `"${name}"`).join(', ')}`);
  }
  const asked = args.slice(0, family.length > 0 ? 2 : 1).join(' ');
  const near = nearName(asked, family.length > 0 ? family : entries.map(({ name }) => name));
  throw new UsageError(`there is no command "${asked}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

const help: Record<string, OptionConfig> = { help: { type: 'boolean', short: 'h' } };

function parse(command: Command, args: readonly string[]) {
  const options = { ...command.options, ...help };
  const { parseArgs } = builtin('node:util');
  try {
    return parseArgs({ args, options, allowPositionals: command.positionals !== undefined, strict: true });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const [, unknown] = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? (/'(-[^']*)'/.exec(message) ?? []) : [];
    const known = Object.keys(options).map((name) => `--${name}`);
    const words =
      unknown === undefined ? message.split('. To specify')[0]! : `${unknown}: ${noSuchOption(unknown, known)}`;
    throw new UsageError(words, { cause: error });
  }
}

/** Aborted by the first Ctrl-C; the second one ends the process at once. */
function interruption(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) node.exit(130);
    terminal.note('stopping; press Ctrl-C again to quit now');
    controller.abort(new Interrupted());
  };
  node.on('SIGINT', stop);
  node.on('SIGTERM', stop);
  return controller.signal;
}

async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  if (args.length === 0 || args[0] === '--help' || args[0] === '-h' || (args[0] === 'help' && args.length === 1)) {
    terminal.print(overview(entries));
    return 0;
  }
  if (args[0] === '--version') {
    terminal.print(version);
    return 0;
  }
  const asksHelp = args[0] === 'help';
  let called = '';
  try {
    const { entry, rest } = find(asksHelp ? args.slice(1) : args);
    called = entry.name;
    const command = await entry.load();
    if (asksHelp || rest.includes('--help') || rest.includes('-h')) {
      terminal.print(commandHelp(called, command));
      return 0;
    }
    const { values, positionals } = parse(command, rest);
    return (await command.run({ values, positionals, terminal, signal: interruption(terminal) })) ?? 0;
  } catch (error) {
    terminal.note(`kaggle-ts${called && ` ${called}`}: ${inWords(error)}`);
    if (error instanceof Interrupted) return 130;
    if (!(error instanceof UsageError)) return 1;
    terminal.note(`See kaggle-ts ${called ? `help ${called}` : 'help'}.`);
    return 2;
  }
}

for (const stream of [node.stdout, node.stderr]) {
  // The reader has closed the pipe (`| head`): there is nobody to tell.
  stream.on('error', (error) => node.exit(error.code === 'EPIPE' ? 0 : 1));
}
node.exitCode = await main(node.argv.slice(2), createTerminal());
