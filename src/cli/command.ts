import type { OptionConfig, OptionValues } from './node.ts';
import type { Terminal } from './terminal.ts';

/** What a command is given to work with. */
export interface CommandContext {
  values: OptionValues;
  positionals: string[];
  terminal: Terminal;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** One command of the command line. */
export interface Command {
  /** The whole help text, without the name. */
  help: string;
  /** Whole lines to try, shown below the help. */
  examples: readonly string[];
  options: Record<string, OptionConfig>;
  /** Names of the arguments that are not options; none by default. */
  positionals?: readonly string[];
  /** Resolves to the exit code; 0 when it resolves to nothing. What it throws is shown in words and ends with 1. */
  run(context: CommandContext): Promise<number | undefined>;
}

/** The command was called in a way that cannot work: exit code 2, with a hint at the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('interrupted');
  }
}

/** The value of an option that is a text; an empty one counts as a mistake. */
export function text(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`--${name} needs a value`);
}

/** All values of an option that may be given several times. */
export function texts(values: OptionValues, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function flag(values: OptionValues, name: string): boolean {
  return values[name] === true;
}

/** The value of an option that is a whole number from 0 to `most`. */
export function number(values: OptionValues, name: string, most: number): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value) && Number(value) <= most) return Number(value);
  throw new UsageError(`--${name} must be a whole number from 0 to ${most}, not "${value}"`);
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
    throw new UsageError(`--${name} must be one of ${words.join(', ')}, not "${value}"`);
  }
  return found;
}
