/** Lets some work go on at once; the rest waits in its order. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

export function createLimit(most: number): Limit {
  const waiting: (() => void)[] = [];
  let active = 0;
  return async (work) => {
    if (active < most) active++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Its place goes to the next in the row, if there is one.
      const next = waiting.shift();
      if (next) next();
      else active--;
    }
  };
}
