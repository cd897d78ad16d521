import { isKaggleError, KernelFailedError, RateLimitError } from '../core/errors.ts';
import { redact } from '../core/redact.ts';
import type { OnWarning } from '../core/warn.ts';
import { nameFlag, withoutVerb } from './flags.ts';
import type { Terminal } from './terminal.ts';

/** The message of an error for the terminal: without stack and secrets, with this command line's option names. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return redact(String(error));
  const message = isKaggleError(error) ? withoutVerb(error.describe(nameFlag)) : error.message;
  // The reason first, then the method of the API.
  const lines = [redact(message).replace(/^([\w.]+Service\/\w+): (.*)$/s, '$2 ($1)') || error.name];
  if (error instanceof KernelFailedError && error.logTail) {
    lines.push(
      '',
      'Last lines of its log:',
      ...redact(error.logTail)
        .split('\n')
        .map((line) => `  ${line}`),
    );
  }
  if (error instanceof RateLimitError && error.retryAfterMs !== undefined) {
    lines.push(`The server asks to retry in ${Math.ceil(error.retryAfterMs / 1000)} s.`);
  }
  const { cause } = error;
  // Details of network errors are in the cause.
  if (isKaggleError(error) && cause instanceof Error && cause.message && !error.message.includes(cause.message)) {
    lines.push(`(${redact(cause.message)})`);
  }
  return lines.join('\n');
}

/** Prints warnings of the library, with this command line's option names. */
export function warningPrinter(terminal: Terminal): OnWarning {
  return (_, describe) => terminal.note(`warning: ${redact(withoutVerb(describe(nameFlag)))}`);
}

/** `1.5 MB`; up to 999 bytes without a unit prefix. */
export function inBytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${count === 1 ? 'byte' : units[unit]}`;
}

/** `45 s`, `3 min`, `1 h 20 min`; rounded up. */
export function inTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.ceil(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest > 0 ? ` ${rest} min` : ''}`;
}

/** `3 files`, `1 file`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
