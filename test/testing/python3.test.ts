import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { findPython } from '../../scripts/contract/python.ts';
import { python3Executor } from '../../src/testing/index.ts';
import { skip } from '../skip.ts';
import { ended, kernelsApi, makeDataset, push, quiet, rpc, wrote } from './support.ts';

const emulator = quiet({ executor: python3Executor() });
afterEach(() => emulator.reset());

// A place of this file's own: other tests run kernels at the same time, and what they have there is theirs.
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-python3-'));
  vi.stubEnv('TMPDIR', scratch);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

const left = () => readdirSync(scratch);

// The demonstration and the other tests need no Python on the host; these can only run where there is one.
describe('the python3 of the host', () => {
  beforeEach((context) => {
    if (!findPython(['python3'])) skip(context, 'there is no python3');
  });

  test('inputs by both ways of naming them, output, live lines', async () => {
    await makeDataset(emulator, { 'sub/a.txt': 'content' });
    const text = `
import sys, os
print(open('/kaggle/input/datasets/alice/my-data/sub/a.txt').read(), open('../input/datasets/alice/my-data/sub/a.txt').read())
print(os.path.isdir(os.environ['KAGGLE_ROOT'] + '/input'), file=sys.stderr)
os.makedirs('deep')
open('/kaggle/working/deep/out.txt', 'w').write('é')
`;
    await push(emulator, text, { datasetDataSources: ['alice/my-data'] });
    expect(await ended(emulator)).toEqual({
      status: 'COMPLETE',
      failureMessage: undefined,
      stdout: 'content content\n',
      stderr: 'True\n',
      files: { 'deep/out.txt': 'Ã©' },
    });
    expect(left()).toEqual([]);
  });

  test('a traceback begins in the text of the kernel; an exit code is told', async () => {
    await push(emulator, 'def f():\n  return 1 / 0\nf()');
    const failed = await ended(emulator);
    expect(failed).toMatchObject({ status: 'ERROR', failureMessage: 'ZeroDivisionError: division by zero' });
    expect(failed.stderr.split('\n')[1]).toContain('script.py", line 3');
    await push(emulator, 'import sys; sys.exit(3)');
    expect(await ended(emulator)).toMatchObject({ status: 'ERROR', failureMessage: 'exit code 3' });
    await push(emulator, 'import os; os._exit(0)');
    expect(await ended(emulator)).toMatchObject({
      status: 'ERROR',
      failureMessage: 'the interpreter exited before the kernel finished',
    });
  });

  test('a loop is cancelled, and one that swallows the interrupt is ended', async () => {
    await push(emulator, 'print("go")\nwhile True: pass');
    await wrote(emulator, 'go');
    const { sessionId } = emulator.state.kernels.get('alice/first-kernel')!.versions[0]!;
    await rpc(emulator, `${kernelsApi}/CancelKernelSession`, { kernelSessionId: sessionId });
    expect((await ended(emulator)).status).toBe('CANCEL_ACKNOWLEDGED');
    const stubborn =
      'def spin():\n  while True: pass\nwhile True:\n  try: spin()\n  except KeyboardInterrupt: print("no")';
    // Long enough for Python to start on a busy machine.
    await push(emulator, stubborn, { sessionTimeoutSeconds: 4 });
    const forced = { status: 'ERROR', failureMessage: 'the run exceeded its time limit of 4 s', stdout: 'no\n' };
    expect(await ended(emulator)).toMatchObject(forced);
    expect(left()).toEqual([]);
  });
});

test('a program that cannot be started is named, with what to do', async () => {
  const other = quiet({ executor: python3Executor({ command: 'no-such-python' }) });
  await push(other, '');
  const { status, failureMessage } = await ended(other);
  expect(status).toBe('ERROR');
  expect(failureMessage).toMatch(
    /^cannot start "no-such-python": .*ENOENT; install Python 3, or pass its path: python3Executor\(\{ command \}\)$/,
  );
});
