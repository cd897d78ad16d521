import type { Executor, Job, JobResult } from 'kaggle-ts/testing';
import { trained } from './fixtures.ts';
import { epochTexts, trainingHead } from './logs.ts';
import * as sources from './sources.ts';

/** Waits, possibly forever, or rejects when `signal` aborts. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const end = () => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(end, ms);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}

/** Prints the session ID in the line that `kernels.cancel` reads, as the code that kaggle-ts adds to a script does. */
function announce(job: Job): void {
  const [session = ''] = /\d+$/.exec(job.env.KAGGLE_CONTAINER_NAME ?? '') ?? [];
  job.onOutput('stdout', `##kaggle-ts session=${session}##\n`);
}

async function train(job: Job, from: number, pace: number): Promise<JobResult> {
  job.onStart();
  announce(job);
  if (from === 0) for (const text of trainingHead) job.onOutput('stdout', `${text}\n`);
  for (let epoch = from + 1; epoch <= trained.of; epoch++) {
    for (const text of epochTexts(epoch, trained.of)) {
      await wait(pace, job.signal);
      job.onOutput('stdout', text);
    }
  }
  return { files: [{ name: 'digits.txt', data: new TextEncoder().encode('val_accuracy 0.9790\n') }] };
}

/**
 * An executor that simulates the samples that are running, and passes all other runs to `others`.
 *
 * @param pace - Milliseconds between two pieces of output; `Infinity`: they write nothing, and run until they are canceled.
 */
export function simulate(others: Executor, pace: number): Executor {
  let isResumed = false;
  return {
    ...(others.announcesStart !== undefined && { announcesStart: others.announcesStart }),
    async run(job) {
      if (!job.text.includes(sources.simulated)) return others.run(job);
      // The first one began before the emulator did.
      const from = isResumed ? 0 : trained.epochs;
      isResumed = true;
      try {
        return await train(job, from, pace);
      } catch (error) {
        if (!job.signal.aborted) throw error;
        return { files: [] };
      }
    },
    async close() {
      await others.close?.();
    },
  };
}
