/** Passes values from several producers to one consumer, in the order of `put`. Stores none: a producer waits until its value is taken. */
export interface Channel<T> {
  /** Resolves when the value was taken. Rejects if the channel was closed before. */
  put(value: T): Promise<void>;
  /** Resolves to the next value; to `undefined` when the channel was closed. */
  take(): Promise<T | undefined>;
  close(): void;
}

interface Offer<T> {
  readonly value: T;
  taken(): void;
  refuse(reason: unknown): void;
}

export function createChannel<T>(): Channel<T> {
  let offers: Offer<T>[] = [];
  let waiting: ((value: T | undefined) => void) | undefined;
  let closed: Error | undefined;

  return {
    put: (value) =>
      new Promise((taken, refuse) => {
        if (closed) return refuse(closed);
        if (!waiting) return void offers.push({ value, taken, refuse });
        waiting(value);
        waiting = undefined;
        taken();
      }),
    take: async () => {
      if (closed) return undefined;
      const next = offers.shift();
      next?.taken();
      return next ? next.value : new Promise<T | undefined>((resolve) => (waiting = resolve));
    },
    close() {
      closed ??= new Error('the channel was closed');
      for (const { refuse } of offers) refuse(closed);
      offers = [];
      waiting?.(undefined);
    },
  };
}
