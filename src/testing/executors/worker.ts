import { loadThreads } from '../runtime-modules.ts';
import type { ToWorker } from './pyodide-protocol.ts';

/** A worker of this runtime. Its messages are not trusted, as kernels run in it. */
export interface WorkerHandle {
  post(message: ToWorker): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Resolves to the reason when the worker ends. Deno reports errors only. */
  readonly ended: Promise<string>;
  terminate(): Promise<void>;
}

/**
 * Starts a module in a worker that does not keep the process alive: a Web Worker on Deno, otherwise a thread of
 * node:worker_threads. It gets no environment variables, except on Deno, which cannot withhold them.
 */
export async function openWorker(url: string): Promise<WorkerHandle> {
  const runtime = globalThis as { Deno?: unknown; Worker?: typeof Worker };
  if (runtime.Deno && runtime.Worker) return webWorker(new runtime.Worker(url, { type: 'module' }));
  const { Worker: Thread } = await loadThreads();
  // Command line options must not apply to the worker: with --input-type it would not start.
  const thread = new Thread(new URL(url), { env: {}, execArgv: [] });
  thread.unref();
  return {
    post: (message) => thread.postMessage(message),
    onMessage: (listener) => void thread.on('message', listener),
    ended: new Promise((resolve) => {
      thread.on('error', (error: Error) => resolve(failed(error.message)));
      thread.on('exit', () => resolve('the Python interpreter exited during the run'));
    }),
    terminate: async () => void (await thread.terminate()),
  };
}

const failed = (why: string) => `the Python interpreter failed: ${why}`;

function webWorker(worker: Worker): WorkerHandle {
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.addEventListener('message', ({ data }) => listener(data)),
    ended: new Promise((resolve) => {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        resolve(failed(event.message));
      });
    }),
    terminate: async () => worker.terminate(),
  };
}
