import { expect, test } from 'vitest';
import { advanceJob, beginJob, type JobState } from '../../src/services/jobs/index.ts';
import { scriptedExecutor } from '../../src/testing/index.ts';
import { content, createWorld, planOf, type World } from './world.ts';

/** A world whose kernel runs until it is canceled. */
function waitingWorld(): World {
  const executor = scriptedExecutor(
    ({ env, signal, onOutput }) =>
      new Promise((resolve) => {
        // The prologue of a script prints this.
        onOutput('stdout', `##kaggle-ts session=${/\d+/.exec(env.KAGGLE_CONTAINER_NAME!)}##\n`);
        signal.addEventListener('abort', () => resolve({}));
      }),
  );
  return createWorld({ files: { 'a.csv': content(100, 1) }, executor, emulator: { lag: 0, processing: 0 } });
}

/** Performs steps until `end`, each in a new process. */
async function advanceTo(
  world: World,
  state: JobState,
  end: (state: JobState) => boolean,
  cancel = false,
): Promise<JobState> {
  let last = state;
  for (let count = 0; !end(last); count++) {
    expect(count, JSON.stringify(last)).toBeLessThan(100);
    const { client, io } = world.open();
    const turn = await advanceJob(client, last, io, { cancel });
    last = JSON.parse(JSON.stringify(turn.state)) as JobState;
    world.clock.advance(turn.pause * 1000);
    if (turn.pause > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return last;
}

const hasEnded = ({ step }: JobState) => step === 'done' || step === 'failed';
const runs = ({ emulator }: World) => emulator.state.kernels.get('alice/my-training')?.versions ?? [];
const canceled = { step: 'failed', error: { name: 'CanceledError', message: 'the job was canceled' } };

test.each([
  'prepare',
  'upload',
  'version',
  'ready',
  'push',
])('before %s, a canceled job ends without a run', async (step) => {
  const world = waitingWorld();
  const state = await advanceTo(world, beginJob(planOf(['a.csv'])), (found) => found.step === step);
  expect(await advanceTo(world, state, hasEnded, true)).toMatchObject(canceled);
  expect(runs(world)).toHaveLength(0);
});

test('a running job is canceled, and its run with it; repeating that changes nothing', async () => {
  const world = waitingWorld();
  const state = await advanceTo(world, beginJob(planOf(['a.csv'])), (found) => found.status === 'RUNNING');
  for (let count = 0; count < 2; count++) {
    expect(await advanceTo(world, state, hasEnded, true)).toMatchObject(canceled);
    expect(runs(world).map(({ status }) => status)).toEqual([expect.stringMatching(/^CANCEL/)]);
  }
});

test('a push that was sent and not recorded is found and canceled', async () => {
  const world = waitingWorld();
  // The state before the step that pushes, whose result is lost.
  let before = beginJob(planOf(['a.csv']));
  await advanceTo(world, before, (found) => {
    if (runs(world).length === 0) before = found;
    return runs(world).length > 0;
  });
  expect(before.step).toBe('push');
  expect(await advanceTo(world, before, hasEnded, true)).toMatchObject(canceled);
  expect(runs(world).map(({ status }) => status)).toEqual([expect.stringMatching(/^CANCEL/)]);
});
