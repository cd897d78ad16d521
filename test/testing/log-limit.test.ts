import { expect, test } from 'vitest';
import { scriptedExecutor } from '../../src/testing/index.ts';
import { ended, push, quiet } from './support.ts';

test.each([
  ['few large pieces', 'x'.repeat(2 ** 20), 100],
  ['very many small ones', 'x\n', 1_000_000],
])('the log of a run is bounded: %s', async (_name, piece, times) => {
  const executor = scriptedExecutor(({ onOutput }) => {
    for (let n = 0; n < times; n++) onOutput('stdout', piece);
    throw new Error('the end');
  });
  const emulator = quiet({ executor });
  await push(emulator, '');
  const { stdout, failureMessage } = await ended(emulator);
  expect(stdout.length).toBeLessThan(2 ** 25);
  expect(stdout.slice(-60)).toMatch(/x\n+\[log truncated: it exceeds the size limit\]\n$/);
  expect(failureMessage).toBe('the end');
  expect(emulator.state.kernels.get('alice/first-kernel')!.versions[0]!.log.length).toBeLessThan(400_000);
});

test('a run that fills its log still reports why it failed and what is missing in its output', async () => {
  const emulator = quiet({
    executor: scriptedExecutor((job) => {
      for (let n = 0; n < 40; n++) job.onOutput('stdout', 'x'.repeat(2 ** 20));
      job.onOutput('stderr', "lost in the kernel's own words\n");
      job.onCollect?.();
      job.onOutput('stderr', 'emulator: not in the output: "link"\n');
      throw new Error('the disk is full');
    }),
  });
  await push(emulator, '');
  const { stdout, stderr, failureMessage } = await ended(emulator);
  expect(failureMessage).toBe('the disk is full');
  expect(stdout.slice(-60)).toContain('[log truncated: it exceeds the size limit]\n');
  expect(stderr).toMatch(/^emulator: not in the output: "link"\n(the disk is full\n)+$/);
});
