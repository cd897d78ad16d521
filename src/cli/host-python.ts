import { checkNames } from '../core/transfer/names.ts';
import { type Executor, python3Executor } from '../testing/index.ts';

/**
 * The machine's own `python3` as an executor, for who asks for it by name. What was uploaded to the emulator may have any
 * name, and here the names become paths of this machine: one that leads out of its folder makes the run fail with
 * `ValidationError` before anything is written.
 */
export function hostPython(): Executor {
  const executor = python3Executor();
  return {
    ...executor,
    async run(job) {
      for (const { mount, files } of job.inputs) checkNames(files.map(({ name }) => `${mount}/${name}`));
      return executor.run(job);
    },
  };
}
