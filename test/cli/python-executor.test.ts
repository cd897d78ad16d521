import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pythonExecutor } from '../../src/cli/python-executor.ts';
import type { Job } from '../../src/testing/index.ts';

/** Where there is no python3 there is nothing to run with; the emulator itself needs none. */
const missing = (() => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
})();
const scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-python-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function runKernel(text: string, more: Partial<Job> = {}) {
  let log = '';
  const job: Job = {
    text,
    language: 'python',
    kernelType: 'script',
    inputs: [],
    timeout: 60,
    signal: new AbortController().signal,
    onOutput: (_stream, data) => {
      log += data;
    },
    ...more,
  };
  const { files, failureMessage } = await pythonExecutor().run(job);
  const texts = Object.fromEntries(files.map(({ name, data }) => [name, new TextDecoder().decode(data)]));
  return { log, failureMessage, texts };
}

test.skipIf(missing)('finds its input, leaves its output, and sees no credential', async () => {
  process.env.KAGGLE_API_TOKEN = 'KGAT_secret';
  const data = new TextEncoder().encode('1,2\n');
  const { texts, failureMessage, log } = await runKernel(
    `import os, pathlib, json
print(sorted(os.listdir('/kaggle/input/points')), os.getcwd(), flush=True)
text = pathlib.Path('/kaggle/input/points/a/b.csv').read_text()
pathlib.Path('/kaggle/working/deep').mkdir()
open('/kaggle/working/deep/out.txt', 'w').write(text)
open('env.txt', 'w').write(os.environ.get('KAGGLE_API_TOKEN', 'none'))`,
    { inputs: [{ mount: 'points', files: [{ name: 'a/b.csv', data, created: 0 }] }] },
  );
  delete process.env.KAGGLE_API_TOKEN;
  expect(failureMessage).toBeUndefined();
  expect(log).toBe("['a'] /kaggle/working\n");
  expect(texts).toEqual({ 'deep/out.txt': '1,2\n', 'env.txt': 'none' });
});

test.skipIf(missing)('an exception is the failure, with the traceback in the log', async () => {
  const { failureMessage, log } = await runKernel('x = 1\nraise ValueError("bad data")');
  expect(failureMessage).toBe('ValueError: bad data');
  expect(log).toMatch(/line 2, in <module>/);
});

test.skipIf(missing)('an endless loop ends when it is told to', async () => {
  const controller = new AbortController();
  const { failureMessage } = await runKernel('print("begun", flush=True)\nwhile True: pass', {
    signal: controller.signal,
    onOutput: () => controller.abort(new Error('time is up')),
  });
  expect(failureMessage).toBe('time is up');
});

test('a file whose name leads out of the folder is not written', async () => {
  const files = [{ name: `../../../../../../..${scratch}/escaped.txt`, data: new Uint8Array(1), created: 0 }];
  await expect(runKernel('pass', { inputs: [{ mount: 'points', files }] })).rejects.toThrow(/leads out of the folder/);
  expect(existsSync(join(scratch, 'escaped.txt'))).toBe(false);
});
