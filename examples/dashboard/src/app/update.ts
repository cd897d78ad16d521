import { signal } from '@preact/signals';

/** Starts the newer version of the app that is installed; `undefined` if there is none. */
export const update = signal<(() => void) | undefined>(undefined);
