import { ValidationError } from '../../core/errors.ts';
import { shown } from '../../core/options/field.ts';
import type { Executor, Job, JobResult } from './types.ts';

/**
 * Runs a function instead of the kernel: for tests that want exact output at exact times. What it throws becomes the
 * kernel's failure.
 */
export function scriptedExecutor(
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return may be given
  script: (job: Job) => Promise<Partial<JobResult> | void> | Partial<JobResult> | void,
): Executor {
  if (typeof script !== 'function') {
    throw new ValidationError(
      `scriptedExecutor: expected a function, such as (job) => ({ files: [] }), got ${shown(script)}`,
    );
  }
  return {
    async run(job) {
      try {
        const result = await script(job);
        return { files: [], ...result };
      } catch (error) {
        const failureMessage = error instanceof Error ? error.message : String(error);
        job.onOutput('stderr', `${failureMessage}\n`);
        return { files: [], failureMessage };
      }
    },
  };
}
