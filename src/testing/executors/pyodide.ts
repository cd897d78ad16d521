import { KaggleError } from '../../core/errors.ts';
import type { FromWorker, RunOrder } from './pyodide-protocol.ts';
import type { Executor, Job, JobResult } from './types.ts';
import { openWorker, type WorkerHandle } from './worker.ts';

export interface PyodideOptions {
  /**
   * A folder of wheels: those of pyodide's own distribution are loaded when the kernel imports them, other pure Python
   * wheels are put on the import path.
   */
  packages?: string;
  /** Fetches the packages that the kernel imports from pyodide's download site. Default false: nothing is fetched. */
  fetchPackages?: boolean;
  /** Keeps one interpreter started for the next run: quicker in tests, some 200 MB more. Default false. */
  spare?: boolean;
}

/** Milliseconds that an interrupted kernel has to end by itself. */
const grace = 2000;

/**
 * CPython in WebAssembly (the npm package `pyodide`, an optional peer), in a worker of its own so that the server goes on
 * answering. Each run has a fresh interpreter and a file system in memory. No sandbox for code that means harm: Python can
 * reach the JavaScript around it.
 */
export function pyodideExecutor(options: PyodideOptions = {}): Executor {
  let spare: Promise<WorkerHandle> | undefined;
  let closed = false;
  const packages = options.packages === undefined ? undefined : absolute(options.packages);
  const open = async () => {
    const worker = await openWorker(import.meta.url.replace(/pyodide\.(ts|js)$/, 'pyodide-worker.$1'));
    worker.post({ type: 'start', packages });
    return worker;
  };

  async function take(): Promise<WorkerHandle> {
    const ready = spare ?? open();
    // The next one starts while this one runs.
    spare = options.spare && !closed ? open() : undefined;
    return ready;
  }

  return {
    announcesStart: true,
    async run(job) {
      if (job.language !== 'python') {
        throw new KaggleError(`the emulator runs Python only, not ${job.language}`);
      }
      const worker = await take();
      try {
        return await runIn(worker, job, { ...options, packages });
      } finally {
        await worker.terminate();
      }
    },
    async close() {
      closed = true;
      const waiting = spare;
      spare = undefined;
      await (await waiting)?.terminate();
    },
  };
}

/** A path as the worker can use it, from wherever it was started. */
function absolute(folder: string): string {
  const { process } = globalThis as { process?: { cwd(): string } };
  const path = folder.replace(/[/\\]+$/, '');
  return /^([/\\]|[A-Za-z]:)/.test(path) || !process ? path : `${process.cwd()}/${path}`;
}

function runIn(
  worker: WorkerHandle,
  job: Job,
  { packages, fetchPackages = false }: PyodideOptions,
): Promise<JobResult> {
  const interrupt = new Uint8Array(new SharedArrayBuffer(1));
  return new Promise((resolve, reject) => {
    let killer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      interrupt[0] = 2;
      killer = setTimeout(() => {
        resolve({ files: [], failureMessage: reasonOf(job.signal) });
      }, grace);
    };
    const finish = () => {
      clearTimeout(killer);
      job.signal.removeEventListener('abort', stop);
    };
    worker.onMessage((message: FromWorker) => {
      if (message.type === 'started') return job.onStart();
      if (message.type === 'output') return job.onOutput(message.stream, message.data);
      finish();
      if (message.type === 'broken') reject(new KaggleError(message.message));
      else resolve({ files: message.files, failureMessage: message.failureMessage });
    });
    worker.onError((error) => {
      finish();
      reject(new KaggleError(`the Python interpreter failed: ${error.message}`, { cause: error }));
    });
    if (job.signal.aborted) stop();
    else job.signal.addEventListener('abort', stop, { once: true });
    const { text, kernelType, inputs } = job;
    const order: RunOrder = { type: 'run', text, kernelType, inputs: [...inputs], interrupt, packages, fetchPackages };
    worker.post(order);
  });
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : 'stopped';
}
