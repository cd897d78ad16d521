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
  ['os._exit as if all were well', 'import os; os._exit(0)', 'the interpreter exited before the kernel finished'],
  ['SIGKILL', 'import signal; signal.raise_signal(signal.SIGKILL)', 'exit code 137'],
  ['a write to any address', 'import ctypes; ctypes.memset(0, 1, 10 ** 8)', 'crashed: memory access out of bounds'],
  // Through C, whose stack ends: that of Python alone fills all memory first, which takes ten times as long.
  [
    'recursion without a limit',
    'import sys; sys.setrecursionlimit(10 ** 9)\ndef f(_): list(map(f, "x"))\nf(1)',
    'call stack',
  ],
])('%s ends the run, which keeps its output', async (_name, text, words) => {
  const result = await run(text);
  expect(result).toMatchObject({ status: 'ERROR', failureMessage: expect.stringContaining(words) });
  expect(result.stdout).toMatch(/^before\n/);
  expect(result.files).toEqual({ 'left.txt': 'here' });
});

test.each([
  ['closed', 'sys.stdout.close(); sys.stderr.close()'],
  ['None', 'sys.stdout = sys.stderr = None'],
  ['gone with all modules', 'sys.modules.clear()'],
  ['without builtins', 'import builtins\ndel builtins.isinstance, builtins.open, builtins.len'],
  ['gone at the end', 'import atexit\natexit.register(sys.modules.clear)'],
])('streams and modules that are %s: the run ends by its own error, and keeps its output', async (_name, text) => {
  const result = await run(`import os, sys\n${text}\nraise KeyError("mine")`);
  expect(result).toMatchObject({ status: 'ERROR', failureMessage: expect.stringMatching(/^KeyError/) });
  expect(result.files).toEqual({ 'left.txt': 'here' });
});

test('too deep, too large or too many files are errors of Python; deleting files frees space', async () => {
  const text = `
import os
def fill(size):
    for n in range(10 ** 9):
        with open('/tmp/%d' % n, 'wb') as file: file.truncate(size)
def recurse(): recurse()
def empty():
    for name in os.listdir('/tmp'): os.remove('/tmp/' + name)
for attempt in (recurse, lambda: [0] * 2 ** 29, lambda: fill(10 ** 13), empty, lambda: fill(2 ** 29), empty):
    try: print(attempt())
    except Exception as error: print(type(error).__name__, getattr(error, 'strerror', ''))
with open('/tmp/again', 'wb') as file: file.truncate(2 ** 30)
`;
  const { status, stdout } = await run(text);
  const space = 'OSError No space left on device';
  expect(stdout.split('\n').slice(1, -1)).toEqual(['RecursionError ', 'MemoryError ', space, 'None', space, 'None']);
  expect(status).toBe('COMPLETE');
});

test('an endless log is truncated with a note, and the run continues', async () => {
  const { status, stdout, files } = await run('line = "x" * 999\nfor n in range(50_000): print(line)');
  expect({ status, files }).toEqual({ status: 'COMPLETE', files: { 'left.txt': 'here' } });
  expect(stdout).toMatch(/x\n\[log truncated: it exceeds the size limit\]\n$/);
  expect(stdout.length).toBeLessThan(2 ** 25);
});

test('asyncio runs to completion; a deadlock is an error; sleep is interrupted', async () => {
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
    'deadlock: the event loop waits for an event that cannot happen, as the emulator has no sockets and no threads',
  ]);
  await push(emulator, 'import asyncio\nasyncio.run(asyncio.sleep(1000))', { sessionTimeoutSeconds: 1 });
  const { stderr } = await ended(emulator);
  expect(stderr).toContain('KeyboardInterrupt');
  expect(stderr).not.toContain('lost');
});
