import type { Command } from './command.ts';

/** What `kaggle-ts help` prints. */
export function overview(entries: readonly { name: string; summary: string }[]): string {
  const width = Math.max(...entries.map(({ name }) => name.length));
  return `kaggle-ts: an unofficial client of Kaggle's API

Usage: kaggle-ts COMMAND [OPTIONS]

${entries.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}
  ${'help'.padEnd(width)}  this text, or that of a command: kaggle-ts help run

  --version  the version of kaggle-ts

Credentials are looked for as the official client does: the variable KAGGLE_API_TOKEN, ~/.kaggle/access_token,
KAGGLE_USERNAME and KAGGLE_KEY, ~/.kaggle/kaggle.json. KAGGLE_ENDPOINT names another server, for example an emulator.
Exit codes: 0 done, 1 failed, 2 usage error, 130 interrupted.`;
}

/** What `kaggle-ts help COMMAND` prints. */
export function commandHelp(name: string, { positionals = [], help, examples }: Command): string {
  return `Usage: kaggle-ts ${[name, ...positionals].join(' ')} [OPTIONS]\n\n${help.trim()}\n\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`;
}
