import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createEmulator, pyodideExecutor } from '../../src/testing/index.ts';
import { ended, kernelsApi, makeDataset, push, rpc, status, wrote } from './support.ts';

const executor = pyodideExecutor({ spare: true });
const emulator = createEmulator({ executor, lag: 0, processing: 0, concurrency: 1 });
afterEach(() => emulator.reset());
afterAll(() => executor.close?.());

async function run(text: string, more: object = {}) {
  await push(emulator, text, more);
  return ended(emulator);
}

test('lines arrive while the kernel runs', async () => {
  await push(emulator, 'import sys, time\nprint("first")\nprint("odd", file=sys.stderr)\nwhile True: time.sleep(0.01)');
  await wrote(emulator, 'odd');
  expect((await status(emulator)).status).toBe('RUNNING');
  const version = emulator.state.kernels.get('alice/first-kernel')!.versions[0]!;
  expect(version.log.map(({ stream_name, data }) => [stream_name, data])).toEqual([
    ['stdout', 'first\n'],
    ['stderr', 'odd\n'],
  ]);
});

test('cancel ends a loop that does not end', async () => {
  await push(emulator, 'open("left.txt", "w").write("here")\nprint("go")\nwhile True: pass');
  await wrote(emulator, 'go');
  const { sessionId } = emulator.state.kernels.get('alice/first-kernel')!.versions[0]!;
  await rpc(emulator, `${kernelsApi}/CancelKernelSession`, { kernelSessionId: sessionId });
  expect((await status(emulator)).status).toBe('CANCEL_REQUESTED');
  const result = await ended(emulator);
  expect(result.status).toBe('CANCEL_ACKNOWLEDGED');
  expect(result.stderr).toContain('KeyboardInterrupt');
  expect(result.files).toEqual({ 'left.txt': 'here' });
});

test('the time limit ends a loop, also one that swallows the interrupt', async () => {
  const stubborn =
    'def spin():\n  while True: pass\nwhile True:\n  try: spin()\n  except KeyboardInterrupt: print("no")';
  const result = await run(stubborn, { sessionTimeoutSeconds: 1 });
  expect(result).toMatchObject({
    status: 'ERROR',
    failureMessage: 'the run exceeded its time limit of 1 s',
    stdout: 'no\n',
  });
  expect(result.stderr).toContain('the run exceeded its time limit of 1 s');
});

test('an exception is an error, with a traceback that begins in the text of the kernel', async () => {
  const result = await run('def f():\n  return 1 / 0\nf()');
  expect(result).toMatchObject({ status: 'ERROR', failureMessage: 'ZeroDivisionError: division by zero' });
  const lines = result.stderr.split('\n');
  expect(lines[0]).toBe('Traceback (most recent call last):');
  expect(lines[1]).toContain('script.py", line 3');
  expect(result.stderr).toContain('return 1 / 0');
});

test('a syntax error names the line', async () => {
  const result = await run('x = 1\nif x\n  y');
  expect(result.status).toBe('ERROR');
  expect(result.failureMessage).toContain('SyntaxError');
  expect(result.stderr).toContain('line 2');
});

test.each([
  ['import sys; sys.exit(0)', 'COMPLETE', undefined],
  ['import sys; sys.exit(3)', 'ERROR', 'exit code 3'],
])('%s ends as %s', async (text, wanted, failureMessage) => {
  expect(await run(text)).toMatchObject({ status: wanted, failureMessage });
});

test('the cells of a notebook run in order in one namespace, and show the value of the last expression', async () => {
  const code = (source: string | string[]) => ({ cell_type: 'code', metadata: {}, outputs: [], source });
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      code(['import math\n', 'x = 2']),
      { cell_type: 'markdown', source: 'not code' },
      code('%matplotlib inline\nx = x * 3\nprint("two", x)'),
      code('math.sqrt(x + 3)'),
      code('raise ValueError(x)'),
      code('print("never")'),
    ],
  };
  const result = await run(JSON.stringify(notebook), { kernelType: 'notebook' });
  expect(result.stdout).toBe('two 6\n3.0\n');
  expect(result).toMatchObject({ status: 'ERROR', failureMessage: 'ValueError: 6' });
  expect(result.stderr).toMatch(/Traceback.*\n {2}File "cell 5", line 1/);
});

test('inputs are there, nested, and read-only; outputs of another kernel too', async () => {
  await makeDataset(emulator, { 'a.csv': '1,2', 'deep/er/b.txt': 'b' });
  await push(emulator, 'open("made.txt", "w").write("by the source")', {
    slug: 'alice/source-kernel',
    newTitle: 'Source kernel',
  });
  await ended(emulator, 'source-kernel');
  const text = `
import os
print(open('/kaggle/input/datasets/alice/my-data/a.csv').read(), open('../input/datasets/alice/my-data/deep/er/b.txt').read())
print(open('/kaggle/input/notebooks/alice/source-kernel/made.txt').read())
for path in ('/kaggle/input/datasets/alice/my-data/a.csv', '/kaggle/input/datasets/alice/my-data/new.txt', '/kaggle/input/new.txt'):
    try:
        open(path, 'w')
        print('written', path)
    except OSError as error:
        print(type(error).__name__)
`;
  const result = await run(text, {
    datasetDataSources: ['alice/my-data'],
    kernelDataSources: ['alice/source-kernel'],
  });
  expect(result.stdout.split('\n')).toEqual([
    '1,2 b',
    'by the source',
    'PermissionError',
    'PermissionError',
    'PermissionError',
    '',
  ]);
});

test('the files of the working folder are the output: nested, empty, binary', async () => {
  const text = `
import os
os.makedirs('a/b/none')
open('a/b/text.txt', 'w').write('é')
open('empty', 'w').close()
open('/kaggle/working/bytes.bin', 'wb').write(bytes(range(256)))
open('/tmp/elsewhere', 'w').write('x')
`;
  const { files, status: end } = await run(text);
  expect(end).toBe('COMPLETE');
  expect(Object.keys(files).sort()).toEqual(['a/b/text.txt', 'bytes.bin', 'empty']);
  expect(files.empty).toBe('');
  const { data } = emulator.state.kernels
    .get('alice/first-kernel')!
    .versions[0]!.files.find(({ name }) => name === 'bytes.bin')!;
  expect([...data]).toEqual(Array.from({ length: 256 }, (_, index) => index));
});

test('a run sees neither the run before nor any file of the machine', async () => {
  const own = JSON.stringify(fileURLToPath(import.meta.url));
  await run('import builtins, os\nbuiltins.leak = 1\nos.environ["LEAK"] = "1"\nopen("/tmp/leak", "w").close()');
  const text = `import builtins, os
print(hasattr(builtins, "leak"), "LEAK" in os.environ, os.path.exists("/tmp/leak"), os.path.exists(${own}))`;
  expect((await run(text)).stdout).toBe('False False False False\n');
});

test('a kernel without params that imports kaggle_params is told to pass them, not to install a package', async () => {
  const result = await run('from kaggle_params import params');
  expect(result).toMatchObject({ status: 'ERROR', failureMessage: 'no params, which kaggle_params needs' });
  expect(result.stderr).toContain("pass params ({} is enough), or --params '{}'");
  expect(result.stderr).not.toContain('not installed');
});

test('a missing package is an error that names it and both options', async () => {
  const result = await run('import numpy as np');
  expect(result).toMatchObject({ status: 'ERROR', failureMessage: "missing package 'numpy'" });
  expect(result.stderr).toMatch(/'numpy'.*packages: DIR.*--packages DIR.*fetchPackages: true.*--fetch-packages/);
});

test('a language other than Python is an error that names it', async () => {
  const result = await run('print(1)', { language: 'r' });
  expect(result).toMatchObject({
    status: 'ERROR',
    failureMessage: 'cannot run a kernel in "r": the emulator runs Python only',
  });
});
