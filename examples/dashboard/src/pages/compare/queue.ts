/** Runs tasks in order, at most `most` at the same time. */
export function createQueue(most: number, signal: AbortSignal): (task: () => Promise<void>) => void {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;

  function next(): void {
    while (running < most && !signal.aborted) {
      const task = waiting.shift();
      if (!task) return;
      running++;
      task().finally(() => {
        running--;
        next();
      });
    }
  }

  return (task) => {
    waiting.push(task);
    next();
  };
}
