import { afterAll, afterEach, expect, test } from 'vitest';
import { createEmulator, pyodideExecutor } from '../../src/testing/index.ts';
import { ended, push } from './support.ts';

const executor = pyodideExecutor({ spare: true });
const emulator = createEmulator({ executor, lag: 0, processing: 0, concurrency: 1 });
afterEach(() => emulator.reset());
afterAll(() => executor.close?.());

/** Runs a kernel that first writes a file. */
async function run(text: string) {
  await push(emulator, `open("left.txt", "w").write("here")\nprint("before")\n${text}`);
  return ended(emulator);
}

test.each([
  ['os._exit', 'import os; os._exit(3)', 'exit code 3'],
  ['os._exit as if all were well', 'import os; os._exit(0)', 'the interpreter ended early'],
  ['SIGKILL', 'import signal; signal.raise_signal(signal.SIGKILL)', 'exit code 137'],
  ['os.abort', 'import os; os.abort()', 'the Python interpreter crashed: unreachable'],
  ['a write to any address', 'import ctypes; ctypes.memset(0, 1, 10 ** 8)', 'crashed: memory access out of bounds'],
  ['recursion without a limit', 'import sys; sys.setrecursionlimit(10 ** 9)\ndef f(): f()\nf()', 'call stack'],
  ['recursion', 'def f(): f()\nf()', 'RecursionError'],
  ['more memory than there is', 'bytearray(2 ** 32 - 1)', 'MemoryError'],
  ['a file larger than any', 'open("/tmp/large", "wb").truncate(10 ** 13)', 'No space left on device'],
  [
    'very many files',
    'for n in range(10 ** 9): open("/tmp/%d" % n, "wb").truncate(2 ** 29)',
    'No space left on device',
  ],
])('%s ends the run, which keeps its output', async (_name, text, words) => {
  const result = await run(text);
  expect(result).toMatchObject({ status: 'ERROR', failureMessage: expect.stringContaining(words) });
  expect(result.stdout).toMatch(/^before\n/);
  expect(result.files).toEqual({ 'left.txt': 'here' });
});

test('space is free again when files are deleted', async () => {
  const text =
    'import os\nfor n in range(20):\n  with open("/tmp/x", "wb") as f: f.truncate(2 ** 28)\n  os.remove("/tmp/x")';
  expect(await run(text)).toMatchObject({ status: 'COMPLETE' });
});

test('a log without an end is truncated, with a word, and the run goes on', async () => {
  const { status, stdout, files } = await run('line = "x" * 999\nfor n in range(400_000): print(line)');
  expect({ status, files }).toEqual({ status: 'COMPLETE', files: { 'left.txt': 'here' } });
  expect(stdout).toMatch(/x\n\[the log was truncated here: it is too long\]\n$/);
  expect(stdout.length).toBeLessThan(2 ** 25);
});

test('asyncio runs to its end; what can never happen is not waited for; sleep is interrupted', async () => {
  const text = `
import asyncio, time
async def main():
    asyncio.get_running_loop().call_later(0.01, print, 'later')
    return await asyncio.gather(asyncio.sleep(0.02, 'a'), asyncio.to_thread(lambda: 'b'))
print(asyncio.run(main()))
async def never(): await asyncio.get_running_loop().create_future()
try: asyncio.run(never())
except RuntimeError as error: print(error)
print('go')
`;
  expect((await run(text)).stdout.split('\n').slice(1, 4)).toEqual([
    'later',
    "['a', 'b']",
    'the event loop waits for what cannot happen in the emulator',
  ]);
  for (const sleep of ['time.sleep(1000)', 'asyncio.run(asyncio.sleep(1000))']) {
    await push(emulator, `import asyncio, time\n${sleep}`, { sessionTimeoutSeconds: 1 });
    const { stderr } = await ended(emulator);
    expect(stderr).toContain('KeyboardInterrupt');
    expect(stderr).not.toContain('lost');
  }
});
