import { ValidationError } from '../../core/errors.ts';
import { shown } from '../../core/options/field.ts';
import type { Executor, Job, JobResult } from './types.ts';

/**
 * Calls a function instead of running the source of a kernel, for fast tests with exact output at exact times.
 *
 * @param script - Receives the run. Its result may leave out any field: `files` defaults to none. An error that it
 * throws ends the run in ERROR, with the message in the log.
 * @throws `ValidationError` if `script` is not a function.
 *
 * @example
 * ```ts
 * import { createEmulator, scriptedExecutor } from 'kaggle-ts/testing';
 *
 * const executor = scriptedExecutor((job) => {
 *   job.onOutput('stdout', 'accuracy 0.93\n');
 *   return { files: [{ name: 'model.txt', data: new TextEncoder().encode('weights') }] };
 * });
 * const emulator = createEmulator({ executor, lag: 0 });
 * ```
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
