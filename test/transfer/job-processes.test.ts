import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { type Running, startRunner, until } from './upload-processes.ts';

let home: string;
let served: ServedEmulator;
let started: Running[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'job-processes-'));
  const executor = scriptedExecutor((run) => {
    run.onOutput('stdout', 'hello\n');
    return { files: [{ name: 'a.csv', data: new TextEncoder().encode('x') }] };
  });
  served = await serveEmulator({ executor, lag: 0 });
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((running) => running.kill()));
  await served.close();
  await rm(home, { recursive: true, force: true });
});

const request = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print(1)' };
const versions = () => served.emulator.state.kernels.get('alice/my-job-one')?.versions ?? [];
const asked = (method: string) => served.emulator.state.requests.filter(({ rpc }) => rpc === method).length;

function run(settings: object, runtime = 'node'): Running {
  const running = startRunner(runtime, 'start-job.ts', { endpoint: served.url, ...settings }, home);
  started.push(running);
  return running;
}

test('two processes with one key start one run, and a third one reads it to its end', async () => {
  const both = [run({ request, key: 'a' }), run({ request, key: 'a' }, 'bun')];
  const [first, second] = await Promise.all(both.map(({ result }) => result));
  expect(first).toEqual(second);
  expect(versions()).toHaveLength(1);
  expect(await run({ id: first!.id }, 'deno').result).toEqual({
    status: 'COMPLETE',
    versionNumber: 1,
    files: ['a.csv'],
    logTail: 'hello',
    log: 'hello\n',
    ended: true,
  });
});

test('a process that is killed after its push: the next one finds the run', async () => {
  served.emulator.faults.add({ kind: 'stall', on: 'response', bytes: 0, match: { method: 'SaveKernel' } });
  const first = run({ request, key: 'a' });
  await until(first, () => versions().length === 1);
  await first.kill();
  expect(await run({ request, key: 'a' }).result).toMatchObject({ versionNumber: 1 });
  expect(asked('SaveKernel')).toBe(1);
});
