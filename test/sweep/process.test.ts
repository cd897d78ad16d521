import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { cleanEnvironment, type Started, start } from '../cli/start.ts';
import { fastClock } from './fast-clock.ts';
import { paramsOf } from './world.ts';

const inputs = 6;
const speed = 50;

test('a real process that is killed several times: every input runs exactly once', async () => {
  const began = Date.now();
  const clock = fastClock(began, speed);
  const runs: unknown[] = [];
  let onRun = () => {};
  const executor = scriptedExecutor(async ({ text }) => {
    runs.push(paramsOf(text));
    onRun();
    await clock.sleep(5000);
  });
  const now = () => clock.now();
  const served = await serveEmulator({ executor, lag: 0, processing: 0, concurrency: 100, now });
  onTestFinished(served.close);
  const folder = mkdtempSync(join(tmpdir(), 'sweep-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));

  const begin = (): Started => {
    const args = [served.url, folder, inputs, began, speed].map(String);
    const started = start(process.execPath, [join(import.meta.dirname, 'program.ts'), ...args], cleanEnvironment());
    onTestFinished(() => void started.child.kill('SIGKILL'));
    return started;
  };
  const ran = (count: number) =>
    new Promise<void>((resolve) => {
      onRun = () => runs.length >= count && resolve();
      onRun();
    });

  // During the first push, when a result was printed, and during the last push.
  const moments: ((started: Started) => Promise<unknown>)[] = [
    () => ran(1),
    ({ until }) => until(/ended \d/),
    () => ran(inputs),
  ];
  for (const moment of moments) {
    const started = begin();
    await Promise.race([moment(started), started.ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
    started.child.kill('SIGKILL');
    expect((await started.ended).code).toBeNull();
  }
  const { code, stdout, stderr } = await begin().ended;
  expect(code, stderr).toBe(0);
  const results: [string, number][] = JSON.parse(stdout.trim().split('\n').at(-1)!);
  expect(runs.toSorted()).toEqual(Array.from({ length: inputs }, (_, index) => index));
  const versions = [...served.emulator.state.kernels.values()][0]!.versions;
  expect(versions.length).toBe(inputs);
  // Each result is of the version that was pushed with its input.
  expect(results).toEqual(versions.map(() => ['COMPLETE', expect.any(Number)]));
  for (const [index, [, version]] of results.entries()) expect(paramsOf(versions[version - 1]!.text)).toBe(index);
});
