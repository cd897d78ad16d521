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
  expect(stdout.slice(-60)).toMatch(/x\n+\[the log was truncated here: it is too long\]\n$/);
  expect(failureMessage).toBe('the end');
  expect(emulator.state.kernels.get('alice/first-kernel')!.versions[0]!.log.length).toBeLessThan(400_000);
});
