import type { Platform } from './platform.ts';

/** Takes a warning: one line, without secrets. */
export type OnWarning = (message: string) => void;

/** Passes a warning to `onWarning`, or writes it to the platform's log (stderr, the console). */
export function warn(
  { platform }: { readonly platform: Pick<Platform, 'log'> },
  { onWarning }: { onWarning?: OnWarning | undefined },
  message: string,
): void {
  if (onWarning) onWarning(message);
  else platform.log?.(`kaggle-ts: ${message}`);
}
