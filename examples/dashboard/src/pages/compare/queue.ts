/** Runs tasks in order, at most `most` at the same time. A task that is added with `first` waits before all others. */
export function createQueue(most: number, signal: AbortSignal): (task: () => Promise<void>, first?: boolean) => void {
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

  return (task, first = false) => {
    if (first) waiting.unshift(task);
    else waiting.push(task);
    next();
  };
}
