import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/test/command.ts';
import { entries } from '../../src/cli/commands.ts';

type Scripts = Readonly<Record<string, string>>;

const scriptsIn = (folder: string): Scripts =>
  (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { scripts: Scripts }).scripts;

/** The scripts that the document at `path` may name: those of this project, and of the example that it is about. */
export function scriptsFor(path: string): Scripts {
  const isAboutDashboard = /^(?:docs\/guides\/dashboard\.md|examples\/dashboard\/)/.test(path);
  return { ...scriptsIn('.'), ...(isAboutDashboard && scriptsIn('examples/dashboard')) };
}

const npmCommands = ['ci', 'install', 'test', 'pack', 'publish', 'version', 'audit', 'config', 'ls', 'view', 'init'];

const operators = ['&&', '||', '|', ';', '&'];

/** The simple commands of a shell snippet, each as its words; comments are left out. */
export function commandsIn(code: string): string[][] {
  const lines = code.replace(/\\\n/g, ' ').split('\n');
  return lines.flatMap((line) => {
    const commands: string[][] = [[]];
    for (const [token] of line.replace(/^\$ /, '').matchAll(/&&|\|\|?|[;&]|(?:"[^"]*"|'[^']*'|[^\s"';&|])+/g)) {
      if (token.startsWith('#')) break;
      if (operators.includes(token)) commands.push([]);
      else commands.at(-1)!.push(token.replace(/^["'](.*)["']$/, '$1'));
    }
    return commands.filter((words) => words.length > 0);
  });
}

const help = { help: { type: 'boolean', short: 'h' } } as const;

/** Returns what is wrong with arguments of `kaggle-ts`, if anything is. */
async function problemOfOurs([...args]: string[]): Promise<string | undefined> {
  if (args[0] === 'help') args.shift();
  const entry = [2, 1]
    .map((length) => entries.find(({ name }) => name === args.slice(0, length).join(' ')))
    .find((found) => found !== undefined);
  if (!entry) {
    const [first = ''] = args;
    const isFamily = args.length === 1 && entries.some(({ name }) => name.startsWith(`${first} `));
    return isFamily || first === '' || first.startsWith('-') ? undefined : `there is no command "${first}"`;
  }
  const command = await entry.load();
  const options = { ...command.options, ...help };
  try {
    const rest = args.slice(entry.name.split(' ').length);
    const { positionals } = parseArgs({ args: rest, options, allowPositionals: true, strict: true });
    const most = command.positionals?.length ?? 0;
    if (positionals.length <= most) return undefined;
    return `"${entry.name}" takes ${most} arguments, got ${positionals.length}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns what is wrong with a command, if it is one of this project or of npm. */
export async function problemOf([...command]: string[], scripts: Scripts): Promise<string | undefined> {
  while (/^\w+=/.test(command[0] ?? '')) command.shift();
  const [program, ...args] = command.filter((word) => word !== '...');
  if (program === 'kaggle-ts') return problemOfOurs(args);
  if (program === 'npx' || program === 'bunx') {
    while (args[0] === '-p' || args[0] === '--package') args.splice(0, 2);
    return args[0] === 'kaggle-ts' ? problemOfOurs(args.slice(1)) : undefined;
  }
  if (program !== 'npm') return undefined;
  if (args[0] === 'start') args.unshift('run');
  const [verb = '', name = '', ...rest] = args.filter((word) => word !== '--silent');
  if (verb !== 'run') return npmCommands.includes(verb) ? undefined : `unknown npm command "${verb}"`;
  const script = scripts[name];
  if (script === undefined) return `package.json has no script "${name}"`;
  const [, own] = /^node src\/cli\/main\.ts (.+)/.exec(script) ?? [];
  return own !== undefined && rest[0] === '--' ? problemOfOurs([...own.split(' '), ...rest.slice(1)]) : undefined;
}
