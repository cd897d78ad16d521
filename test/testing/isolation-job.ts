/**
 * Run by `isolation.test.ts` on each server runtime: lets a kernel try to reach the machine, which then ends its
 * interpreter, then one that has JavaScript compiled, then one that does not stop; tells what they said, and what is left on
 * standard input.
 */
import process from 'node:process';
import { createEmulator } from '../../src/testing/index.ts';
import { attempts } from './isolation-attempts.ts';
import { ended, push } from './support.ts';

const [folder, port, variable] = process.argv.slice(2) as [string, string, string];
const emulator = createEmulator({ lag: 0, processing: 0, concurrency: 1 });
const runs = [];
// It is busy when it is terminated, 3 s after its start, and no sooner: six runtimes would be busy for that long.
const stubborn = `import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("still here")
time.sleep(2.7)
while True: pass`;
for (const [text, more] of [
  [`${attempts({ folder, port: Number(port), variable })}\nimport os; os._exit(3)`, {}],
  // Not among the others: the interpreter ends with it.
  ['import ctypes\nctypes.CDLL(None).emscripten_run_script(b"globalThis.process?.exit(7)")\nprint("run")', {}],
  [stubborn, { sessionTimeoutSeconds: 1 }],
] as const) {
  await push(emulator, text, more);
  runs.push(await ended(emulator));
}
await emulator.close();
const stdin = await new Promise((resolve) => process.stdin.once('data', (data) => resolve(String(data))));
process.stdin.destroy();
console.log(JSON.stringify({ runs, stdin }));
