import { loadThreads } from '../runtime-modules.ts';
import type { FromWorker, ToWorker } from './pyodide-protocol.ts';

/** A worker of whatever kind the runtime has. */
export interface WorkerHandle {
  post(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  onError(listener: (error: Error) => void): void;
  terminate(): Promise<void>;
}

/** Starts a module in a worker that does not keep the process alive by itself: node:worker_threads, else a Web Worker. */
export async function openWorker(url: string): Promise<WorkerHandle> {
  const runtime = globalThis as { Deno?: unknown; Worker?: typeof Worker };
  if (runtime.Deno && runtime.Worker) return webWorker(new runtime.Worker(url, { type: 'module' }));
  const { Worker: Thread } = await loadThreads();
  const thread = new Thread(new URL(url));
  thread.unref();
  return {
    post: (message) => thread.postMessage(message),
    onMessage: (listener) => void thread.on('message', listener),
    onError: (listener) => void thread.on('error', listener),
    terminate: async () => void (await thread.terminate()),
  };
}

function webWorker(worker: Worker): WorkerHandle {
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.addEventListener('message', ({ data }) => listener(data)),
    onError(listener) {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        listener(new Error(event.message));
      });
    },
    terminate: async () => worker.terminate(),
  };
}
