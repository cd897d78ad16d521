import { KaggleError } from '../../core/errors.ts';
import { endNow, interruptNow } from './interrupt.ts';
import { type RunOrder, readMessage } from './pyodide-protocol.ts';
import type { Job, JobResult } from './types.ts';
import type { WorkerHandle } from './worker.ts';

/** Milliseconds after an interrupt until the worker is terminated. */
const grace = 2000;
/** Milliseconds that collecting the files of a stopped kernel may take. */
const graceForFiles = 60_000;

/** Runs a kernel in a worker whose interpreter is starting. If the worker ends for any reason, so does the run. */
export function runInWorker(worker: WorkerHandle, job: Job): Promise<JobResult> {
  const interrupt = new Uint8Array(new SharedArrayBuffer(1));
  return new Promise((resolve, reject) => {
    let killer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    let timeToStop = grace;
    const finish = () => {
      over = true;
      clearTimeout(killer);
      job.signal.removeEventListener('abort', stop);
    };
    /** Ends a run whose output files are lost. */
    const endWithoutFiles = (why: string, failureMessage: string) => {
      if (over) return;
      finish();
      job.onOutput('stderr', `emulator: ${why}: its output files are lost\n`);
      resolve({ files: [], failureMessage });
    };
    const stop = () => {
      interrupt[0] = interruptNow;
      clearTimeout(killer);
      killer = setTimeout(() => {
        interrupt[0] = endNow;
        const why = 'the kernel did not stop when interrupted, and was terminated';
        endWithoutFiles(why, (job.signal.reason as Error).message);
      }, timeToStop);
    };
    worker.onMessage((value) => {
      const message = over ? undefined : readMessage(value);
      if (message?.type === 'started') return job.onStart();
      if (message?.type === 'over') {
        timeToStop = graceForFiles;
        if (job.signal.aborted) stop();
        return job.onCollect?.();
      }
      if (message?.type === 'output') return job.onOutput(message.stream, message.data);
      if (!message) return;
      finish();
      if (message.type === 'broken') reject(new KaggleError(message.message));
      else resolve({ files: message.files, failureMessage: message.failureMessage });
    });
    void worker.ended.then((why) => endWithoutFiles(why, why));
    if (job.signal.aborted) stop();
    else job.signal.addEventListener('abort', stop, { once: true });
    const { text, kernelType, inputs, env } = job;
    const order: RunOrder = { type: 'run', text, kernelType, inputs: [...inputs], env, interrupt };
    worker.post(order);
  });
}
