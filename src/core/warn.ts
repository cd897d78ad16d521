import { type ErrorText, type NameOption, writeText } from './error-text.ts';
import type { Platform } from './platform.ts';

/**
 * Receives a warning: one line, without secrets. `describe` writes it with other names for the options that it mentions, as
 * `KaggleError.describe` does.
 */
export type OnWarning = (message: string, describe: (name: NameOption) => string) => void;

/** Passes a warning to `onWarning`, or writes it to the platform's log (stderr, the console). */
export function warn(
  { platform }: { readonly platform: Pick<Platform, 'log'> },
  { onWarning }: { onWarning?: OnWarning | undefined },
  message: ErrorText,
): void {
  if (onWarning) onWarning(writeText(message), (name) => writeText(message, name));
  else platform.log?.(`kaggle-ts: ${writeText(message)}`);
}
