import { type ReadonlySignal, signal } from '@preact/signals';
import { sentence } from './problem.ts';

/** Milliseconds after which a warning is no longer shown: nothing says that a retry has worked. */
export const warningTime = 60_000;

/** A problem that is retried, such as a status that cannot be requested. */
export interface Warning {
  /** The text to show; `undefined` for none. */
  readonly text: ReadonlySignal<string | undefined>;
  /** Shows a message of kaggle-ts for some time; `undefined` removes it. */
  show(message: string | undefined): void;
}

export function createWarning(): Warning {
  const text = signal<string | undefined>(undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    text,
    show(message) {
      clearTimeout(timer);
      text.value = message === undefined ? undefined : sentence(message);
      if (message !== undefined) timer = setTimeout(() => (text.value = undefined), warningTime);
    },
  };
}
