import { advanceJob, beginJob, type JobState, type PartTarget } from 'kaggle-ts/jobs';
import { equal, excludes } from '../assert.ts';
import type { Cases } from '../context.ts';
import { scriptOf } from '../scripted.ts';

/** Files in memory, for the processes of one case. */
function memoryTarget(): PartTarget & { readonly files: Map<string, string> } {
  const files = new Map<string, string>();
  return {
    files,
    async write({ name, bytes }) {
      files.set(name, new TextDecoder().decode(bytes));
      return bytes.length;
    },
    async finish({ name, size }) {
      if (size === 0) files.set(name, '');
      return true;
    },
  };
}

export const steps: Cases = {
  async 'a whole job in steps, each taken twice, with a client of its own and a state that is text'({
    createClient,
    control,
    token,
    unique,
    user,
  }) {
    const [slug, kernel] = [unique('points'), unique('job')];
    const bytes = new TextEncoder().encode('name,value\na,1\n');
    const source = () => ({
      size: bytes.length,
      slice: (start: number, end: number) => new Blob([bytes.slice(start, end)]).stream(),
    });
    const target = memoryTarget();
    const text = scriptOf({ files: { 'result.json': '{"sum":1}', 'deep/empty.txt': '' } });
    let stored = JSON.stringify(
      beginJob({
        dataset: { owner: user, slug, files: ['table.csv', 'sub/other.csv'] },
        // In R: the source of a Python script gets a prologue, which contains it.
        kernel: { slug: `${user}/${kernel}`, newTitle: kernel, text, language: 'r' },
        output: true,
      }),
    );
    const save = async (state: JobState) => {
      stored = JSON.stringify(state);
      excludes(stored, token, 'the state');
      excludes(stored, 'http://', 'the state');
    };
    const options = { save, schedule: { first: 0.1, longest: 0.5 } };
    const step = () => advanceJob(createClient(), JSON.parse(stored) as JobState, { source, target }, options);
    const taken: string[] = [];
    for (;;) {
      // The first process ends before it stores its result.
      await step();
      const turn = await step();
      await save(turn.state);
      if (taken.at(-1) !== turn.state.step) taken.push(turn.state.step);
      if (turn.done) break;
      await new Promise((resolve) => setTimeout(resolve, turn.pause * 1000));
    }
    const state = JSON.parse(stored) as JobState;
    equal(state.error, undefined, 'the error');
    equal(taken.at(-1), 'done', 'the last step');
    equal([state.dataset?.versionNumber, state.run?.versionNumber], [1, 1], 'the versions');
    equal(
      [...target.files].sort(),
      [
        ['deep/empty.txt', ''],
        ['result.json', '{"sum":1}'],
      ],
      'the output',
    );
    const creations = await control.requests({ path: '/datasets.DatasetApiService/CreateDataset' });
    const pushes = await control.requests({ path: '/kernels.KernelsApiService/SaveKernel' });
    equal([creations.length, pushes.length], [1, 1], 'requests that create something');
  },
};
