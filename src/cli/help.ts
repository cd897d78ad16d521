import type { Command, CommandOption } from './command.ts';

/** Lines longer than this are hard to read, however wide the terminal is. */
const widest = 100;

/** `text` in lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** Rows of two aligned columns, the second one wrapped. */
function table(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows
    .map(([name, text]) => `  ${name}`.padEnd(left) + wrap(text, width - left).join(`\n${' '.repeat(left)}`))
    .join('\n');
}

function paragraphs(text: string, width: number): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => wrap(paragraph, width).join('\n'))
    .join('\n\n');
}

/** `-f, --follow`, `    --out DIR` */
function nameOf(name: string, option: CommandOption): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${name}${option.type === 'string' ? ` ${option.value}` : ''}`;
}

const helpOption: CommandOption = { type: 'boolean', short: 'h', help: 'Show this help' };

const exitCodes: Readonly<Record<number, string>> = {
  0: 'Success',
  1: 'Failure',
  2: 'Usage error',
  130: 'Interrupted (Ctrl-C)',
};

const exitCodeRows = (codes: Readonly<Record<number, string>>) =>
  Object.entries({ ...exitCodes, ...codes }).map(([code, meaning]) => [code, meaning] as const);

/** The text of `kaggle-ts help`. */
export function overview(commands: readonly { name: string; summary: string }[], columns: number): string {
  const width = Math.min(columns, widest);
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return `kaggle-ts: an unofficial command line for Kaggle

Usage: kaggle-ts COMMAND [options]

Commands:
${table([...rows, ['help', 'Show help for a command, for example: kaggle-ts help run']], width)}

Options:
${table(
  [
    ['-h, --help', 'Show this help'],
    ['    --version', 'Print the version of kaggle-ts'],
  ],
  width,
)}

Environment:
${table(
  [
    ['KAGGLE_API_TOKEN', 'API token. Create one at https://www.kaggle.com/settings'],
    ['KAGGLE_USERNAME, KAGGLE_KEY', 'Legacy API key'],
    ['KAGGLE_ENDPOINT', 'URL of another server, such as an emulator'],
    ['NO_COLOR', 'Disable colors'],
  ],
  width,
)}

${paragraphs(
  `Credentials are looked up in this order: KAGGLE_API_TOKEN, ~/.kaggle/access_token, KAGGLE_USERNAME and KAGGLE_KEY,
~/.kaggle/kaggle.json.`,
  width,
)}

Exit codes:
${table(exitCodeRows({}), width)}

Run "kaggle-ts COMMAND --help" for the options of a command.`;
}

/** The text of `kaggle-ts check --help`: the commands that start with that word. */
export function familyHelp(
  family: string,
  commands: readonly { name: string; summary: string }[],
  columns: number,
): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return `Usage: kaggle-ts ${family} COMMAND [options]

Commands:
${table(rows, Math.min(columns, widest))}

Run "kaggle-ts ${family} COMMAND --help" for the options of a command.`;
}

/** The text of `kaggle-ts help COMMAND`. */
export function commandHelp(name: string, command: Command, columns: number): string {
  const { positionals = [], help, options, examples } = command;
  const width = Math.min(columns, widest);
  const rows = Object.entries({ ...options, help: helpOption }).map(
    ([option, config]) => [nameOf(option, config), config.help] as const,
  );
  const argumentRows = positionals.map((argument) => [argument.name, argument.help] as const);
  return [
    `Usage: kaggle-ts ${[name, ...positionals.map((argument) => argument.name)].join(' ')} [options]`,
    paragraphs(help, width),
    ...(argumentRows.length > 0 ? [`Arguments:\n${table(argumentRows, width)}`] : []),
    `Options:\n${table(rows, width)}`,
    `Exit codes:\n${table(exitCodeRows(command.exitCodes ?? {}), width)}`,
    `Examples:\n${examples.map((line) => `  ${line}`).join('\n')}`,
  ].join('\n\n');
}
