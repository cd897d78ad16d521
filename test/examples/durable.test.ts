import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { cleanEnvironment, root, type Started, start } from '../cli/start.ts';
import { content } from '../jobs/world.ts';
import { ensureBuilt } from './built.ts';

const deno = [
  'run',
  '--no-prompt',
  '--cached-only',
  '--unstable-cron',
  '--unstable-kv',
  ...['--allow-net', '--allow-env', '--allow-read', '--allow-write'],
];
const programs: [name: string, command: string, args: string[]][] = [
  ['node/durable.ts', process.execPath, []],
  ['deno/cron.ts', join(root, 'node_modules/.bin/deno'), deno],
];
const output = { 'result.json': content(500, 1), 'model.bin': content(100_000, 2) };

let scratch: string;
beforeAll(() => {
  ensureBuilt();
  scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-durable-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Kills a program after so many requests, unless it has ended before. */
async function killAfter({ emulator }: ServedEmulator, count: number, { child, ended }: Started): Promise<void> {
  const before = emulator.state.requests.length;
  while (emulator.state.requests.length - before < count && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill('SIGKILL');
  await ended;
}

// Requests of each process before it is killed: in the middle of every step. The last one is not killed.
test.concurrent.each(programs)(
  'examples/%s is killed again and again, and does the job once',
  // A kill between the record of the push and the push costs a search of two minutes.
  { timeout: 300_000 },
  async (name, command, args) => {
    const executor = scriptedExecutor(() => ({
      files: Object.entries(output).map(([name, data]) => ({ name, data })),
    }));
    const served = await serveEmulator({ executor, lag: 20, processing: 300 });
    const home = join(scratch, name.split('/')[0]!);
    const out = join(home, 'out');
    const env = cleanEnvironment({
      KAGGLE_ENDPOINT: served.url,
      KAGGLE_API_TOKEN: 'KGAT_test',
      HOME: home,
      XDG_STATE_HOME: join(home, 'state'),
      TMPDIR: scratch,
      DENO_NO_UPDATE_CHECK: '1',
    });
    const run = () =>
      start(
        command,
        [...args, join(root, 'examples', name), out, join(scratch, `state-of-${name.split('/')[0]}`)],
        env,
      );
    try {
      for (const count of [2, 4, 9, 3, 7, 2]) {
        await killAfter(served, count, run());
      }
      const last = run();
      await last.until(/^(?:done|.*model\.bin: 100000 bytes)/m);
      last.child.kill('SIGKILL');
      await last.ended;
      const { datasets, kernels } = served.emulator.state;
      const versions = datasets.get('alice/example-trips')!.versions;
      expect([versions.length, kernels.get('alice/example-in-steps')!.versions.length]).toEqual([1, 1]);
      for (const { name, data } of versions[0]!.files)
        expect(new TextDecoder().decode(data)).toBe(readFileSync(join(root, 'examples/data/trips', name), 'utf8'));
      for (const [name, data] of Object.entries(output))
        expect(Buffer.compare(readFileSync(join(out, name)), data), name).toBe(0);
    } finally {
      await served.close();
    }
  },
);
