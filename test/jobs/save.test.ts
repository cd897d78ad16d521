import { expect, test } from 'vitest';
import { advanceJob, beginJob, type JobState } from '../../src/services/jobs/index.ts';
import { content, createWorld, planOf, type World } from './world.ts';

const store = (state: JobState) => JSON.parse(JSON.stringify(state)) as JobState;

/** Calls of a method so far. */
const calls = ({ emulator }: World, name: string) =>
  emulator.state.requests.filter(({ path }) => path.endsWith(`/${name}`)).length;

/** Performs steps with `save` until the job has ended. */
async function run(world: World, onSave: (state: JobState) => void): Promise<JobState[]> {
  const states: JobState[] = [];
  let last = beginJob(planOf(['a.csv']));
  while (last.step !== 'done') {
    expect(states.length, JSON.stringify(last)).toBeLessThan(60);
    const { client, io } = world.open();
    const turn = await advanceJob(client, last, io, {
      async save(state) {
        onSave(state);
        last = store(state);
      },
    });
    last = store(turn.state);
    states.push(last);
    world.clock.advance(turn.pause * 1000);
    if (turn.pause > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return states;
}

const world = () =>
  createWorld({
    files: { 'a.csv': content(100, 1) },
    output: { 'b.bin': content(50, 2) },
    emulator: { lag: 0, processing: 0 },
  });

function expectOnce({ emulator, target }: World) {
  expect(emulator.state.datasets.get('alice/my-points')?.versions).toHaveLength(1);
  expect(emulator.state.kernels.get('alice/my-training')?.versions).toHaveLength(1);
  expect([...target.files.keys()]).toEqual(['b.bin']);
}

test('a step stores the state before the version and before the push, and continues at once', async () => {
  const place = world();
  const announced: string[] = [];
  const states = await run(place, ({ step }) => {
    announced.push(`${step}: ${calls(place, 'CreateDataset')} created, ${calls(place, 'SaveKernel')} pushed`);
  });
  expect(announced).toEqual(['upload: 0 created, 0 pushed', 'push: 1 created, 0 pushed']);
  expect(states.filter(({ step }) => step === 'push')).toHaveLength(1);
  expectOnce(place);
});

test('a request is not made before its announcement is stored: if saving fails, the next step makes it', async () => {
  const place = world();
  const counts: number[] = [];
  const states = await run(place, () => {
    counts.push(calls(place, 'CreateDataset') + calls(place, 'SaveKernel'));
    throw new Error('the store is full');
  });
  expect(counts).toEqual([0, 1]);
  expect(states.filter(({ step }) => step === 'push')).toHaveLength(2);
  expectOnce(place);
});

test('a process that ends after the announcement, or after the request, is followed by one that finds out', async () => {
  const place = world();
  // The state that was saved is all that survives the step: its end is lost.
  let last = beginJob(planOf(['a.csv']));
  let lost = 0;
  for (let count = 0; last.step !== 'done'; count++) {
    expect(count, JSON.stringify(last)).toBeLessThan(60);
    const { client, io } = place.open();
    let saved: JobState | undefined;
    const turn = await advanceJob(client, last, io, {
      async save(state) {
        saved = store(state);
      },
    });
    if (saved) lost++;
    last = saved ?? store(turn.state);
    place.clock.advance(turn.pause * 1000);
    if (turn.pause > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(lost).toBeGreaterThanOrEqual(2);
  expectOnce(place);
});
