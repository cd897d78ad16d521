import type { OptionConfig, OptionValues } from './node.ts';
import type { Terminal } from './terminal.ts';

/** What `run` of a command gets. */
export interface CommandContext {
  values: OptionValues;
  positionals: string[];
  terminal: Terminal;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** An option with its help text. Defaults are part of the text: `(default: 20)`. */
export type CommandOption = OptionConfig & { help: string } & (
    | { type: 'boolean' }
    | {
        type: 'string';
        /** Placeholder of the value in the help text, such as `SECONDS`. */
        value: string;
      }
  );

/** One command of the command line. */
export interface Command {
  /** What the command does: paragraphs, separated by blank lines. */
  help: string;
  /** Required positional arguments, with their help texts; none by default. */
  positionals?: readonly { name: string; help: string }[];
  options: Record<string, CommandOption>;
  /** Exit codes that mean more than the common ones, with their help texts. */
  exitCodes?: Readonly<Record<number, string>>;
  /** Complete command lines. */
  examples: readonly string[];
  /** Resolves to the exit code; `undefined` means 0. An error that it throws is printed, and the exit code is 1. */
  run(context: CommandContext): Promise<number | undefined>;
}

/** The command line is wrong: exit code 2, with a pointer to the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C, or a "no" to a question: exit code 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(message = 'interrupted') {
    super(message);
  }
}

/** The value of a string option. An empty one is a usage error. */
export function text(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`missing value for --${name}`);
}

/** All values of an option that can be repeated. */
export function texts(values: OptionValues, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function flag(values: OptionValues, name: string): boolean {
  return values[name] === true;
}

/** The value of an option that is a whole number from `min` to `max`. */
export function number(values: OptionValues, name: string, max: number, min = 0): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
  throw new UsageError(`--${name}: expected a whole number from ${min} to ${max}, got "${value}"`);
}

/** The value of an option that is one of a few words. */
export function choice<Word extends string>(
  values: OptionValues,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const value = text(values, name);
  const found = words.find((word) => word === value);
  if (value !== undefined && found === undefined) {
    throw new UsageError(`--${name}: expected one of ${words.join(', ')}, got "${value}"`);
  }
  return found;
}
