import { protocol, type Reply, type ReplyError, type TaskInput, type TaskName, type TaskResult } from './protocol.ts';

/** The worker failed, not the task: it cannot be started, or it ended. */
export class WorkerLostError extends Error {
  override readonly name: string = 'WorkerLostError';
}

/** Runs a task in the worker. Rejects with a `WorkerLostError`, or with an error that has the name of the original one. */
export type RunTask = <Name extends TaskName>(
  task: Name,
  input: TaskInput<Name>,
  transfer?: Transferable[],
) => Promise<TaskResult<Name>>;

/** Milliseconds in which a worker must report that it started: its file may be another one. */
const longestStart = 15_000;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Starts a worker at the first task, and again if one that had worked ended. `onLost` is called when it cannot be used. */
export function connectWorker(
  create: () => Worker,
  onLost: (error: WorkerLostError) => void,
): { run: RunTask; close(): void } {
  let worker: Worker | undefined;
  let broken: WorkerLostError | undefined;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  function end(error: WorkerLostError): void {
    worker?.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function start(): Worker {
    let started = false;
    const lose = (reason: string) => {
      const error = new WorkerLostError(`the worker of kaggle-ts failed: ${reason}`);
      if (!started) broken = error;
      clearTimeout(timer);
      end(error);
      onLost(error);
    };
    const timer = setTimeout(() => lose('it did not start; pass the file of kaggle-ts/browser/worker'), longestStart);
    try {
      const fresh = create();
      fresh.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
        if (worker !== fresh) return;
        if ('protocol' in data) {
          clearTimeout(timer);
          if (data.protocol === protocol) started = true;
          else lose('its file is of another version of the package; deploy both together');
          return;
        }
        const task = waiting.get(data.id);
        waiting.delete(data.id);
        if ('error' in data) task?.reject(taskError(data.error));
        else task?.resolve(data.result);
      });
      fresh.addEventListener('error', (event) => {
        if (worker !== fresh) return;
        lose(event.message || 'its file cannot be loaded; check its address, and worker-src of the CSP');
      });
      worker = fresh;
      return fresh;
    } catch (error) {
      lose((error as Error).message);
      throw broken!;
    }
  }

  return {
    async run(task, input, transfer = []) {
      if (broken) throw broken;
      const target = worker ?? start();
      const id = ++lastId;
      return new Promise<never>((resolve, reject) => {
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
        target.postMessage({ id, task, input }, transfer);
      });
    },
    close: () => end(new WorkerLostError('the worker of kaggle-ts was closed')),
  };
}

function taskError({ name, message }: ReplyError): Error {
  return Object.assign(new Error(message), { name });
}
