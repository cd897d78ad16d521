import { KaggleError } from '../../core/errors.ts';
import type { Job } from './types.ts';

/** Throws `KaggleError` unless the kernel is written in Python. */
export function checkLanguage({ language }: Job): void {
  if (language === 'python') return;
  throw new KaggleError(`cannot run a kernel in ${JSON.stringify(language)}: the emulator runs Python only`);
}
