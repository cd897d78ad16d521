import { abortable } from '../../../core/abortable.ts';

/** Something that only some can have at a time. */
export interface Slots {
  /** Takes a free slot and returns the function that releases it; `undefined` if none is free. */
  tryTake(): (() => void) | undefined;
  /** Waits for a slot. Rejects with the reason of `signal` on abort. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  const waiting = new Set<() => void>();
  let free = count;

  function tryTake(): (() => void) | undefined {
    if (free === 0) return undefined;
    free--;
    return () => {
      free++;
      const [next] = waiting;
      next?.();
    };
  }

  return {
    tryTake,
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        const release = tryTake();
        if (release) return release;
        let wake = () => {};
        const woken = new Promise<void>((resolve) => (wake = resolve));
        waiting.add(wake);
        try {
          await abortable(woken, signal);
        } finally {
          waiting.delete(wake);
        }
      }
    },
  };
}
