/** Runs `work` when a slot is free, in the order of the calls. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Creates a limit of `most` concurrent runs. */
export function createLimit(most: number): Limit {
  const waiting: (() => void)[] = [];
  let active = 0;
  return async (work) => {
    if (active < most) active++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The slot passes to the next in the queue, if there is one.
      const next = waiting.shift();
      if (next) next();
      else active--;
    }
  };
}
