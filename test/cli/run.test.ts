import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Job, type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { cli, type Started, startCli } from './start.ts';

let folder: string;
let script: string;
let served: ServedEmulator;
let jobs: Job[];

/** What a kernel does until it is stopped: it tells its session as the prologue does, then a line of its own. */
const endless = scriptedExecutor((job) => {
  jobs.push(job);
  const { sessionId } = [...served.emulator.state.kernels.values()][0]!.versions.at(-1)!;
  if (job.text.includes('KAGGLE_CONTAINER_NAME')) job.onOutput('stdout', `##kaggle-ts session=${sessionId}##\n`);
  job.onOutput('stdout', 'working\n');
  return new Promise((resolve) => job.signal.addEventListener('abort', () => resolve({})));
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-run-'));
  script = join(folder, 'train.py');
  writeFileSync(script, 'print("hello")\n');
  jobs = [];
  served = await serveEmulator({ executor: endless, lag: 50 });
});
afterEach(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

const args = (...more: string[]) => ['run', script, '--slug', 'my-training', '--out', join(folder, 'out'), ...more];
const environment = () => ({ KAGGLE_ENDPOINT: served.url, KAGGLE_API_TOKEN: 'KGAT_test' });
const statusOf = () => [...served.emulator.state.kernels.values()].map(({ versions }) => versions.at(-1)!.status);

async function interrupt(started: Started) {
  await started.until(/\| working/);
  started.child.kill('SIGINT');
  return started.ended;
}

describe('Ctrl-C', () => {
  test('says that the kernel still runs, and where to look', async () => {
    const { code, stdout, stderr } = await interrupt(startCli(args(), environment()));
    expect(stdout).toContain('Pushed version 1 of alice/my-training: https://www.kaggle.com/code/alice/my-training');
    expect(stderr).toContain(
      'version 1 of alice/my-training is still running and using quota: https://www.kaggle.com/code/alice/my-training',
    );
    expect(stderr).toContain('kaggle-ts logs alice/my-training/1 --follow');
    expect(stderr).toContain('kaggle-ts output alice/my-training/1');
    expect(stderr).toContain('kaggle-ts cancel alice/my-training/1');
    expect([code, statusOf()]).toEqual([130, ['RUNNING']]);
  });

  test('with --cancel cancels it by what its log has told, and does not show that line', async () => {
    const { code, stdout, stderr } = await interrupt(startCli(args('--cancel'), environment()));
    expect(stdout).not.toContain('session=');
    expect(stderr).toContain('version 1 of alice/my-training was canceled');
    expect(code).toBe(130);
    expect(statusOf()[0]).toMatch(/^CANCEL_/);
  });

  test('with --cancel for a notebook says that it cannot', async () => {
    const notebook = join(folder, 'a.ipynb');
    writeFileSync(notebook, '{"cells": []}');
    const { stderr } = await interrupt(startCli(['run', notebook, ...args('--cancel').slice(2)], environment()));
    expect(stderr).toContain('delete the kernel with kaggle-ts cancel KERNEL --delete');
    expect(stderr).toContain('is still running and using quota');
  });

  test('with --ephemeral leaves no kernel behind', async () => {
    const { code, stderr } = await interrupt(startCli(args('--ephemeral'), environment()));
    expect(stderr).toMatch(/version 1 of alice\/my-training-[0-9a-f]{8} was stopped and deleted/);
    expect([code, statusOf(), jobs[0]!.signal.aborted]).toEqual([130, [], true]);
  });
});

test('a notebook says itself that it is written in R', async () => {
  const notebook = join(folder, 'a.ipynb');
  writeFileSync(notebook, '{"cells": [], "metadata": {"kernelspec": {"name": "ir", "language": "R"}}}');
  const started = startCli(['run', notebook, ...args().slice(2)], environment());
  await Promise.race([started.until(/Pushed/), started.ended]);
  started.child.kill('SIGKILL');
  expect([...served.emulator.state.kernels.values()].map(({ versions }) => versions[0]!.request.language)).toEqual([
    'r',
  ]);
});

test('waits for a slot if told to, else says how', async () => {
  const hold = async (slug: string) => {
    const body = JSON.stringify({ slug: `alice/${slug}`, newTitle: slug, text: '', machineShape: 'NvidiaTeslaT4' });
    const headers = { authorization: 'Bearer KGAT_test', 'content-type': 'application/json' };
    await fetch(`${served.url}/api/v1/kernels.KernelsApiService/SaveKernel`, { method: 'POST', headers, body });
  };
  await hold('first-gpu');
  await hold('second-gpu');
  const refused = await cli(args('--gpu'), environment());
  expect(refused.stderr).toContain('Maximum batch GPU session count of 2 reached.');
  expect(refused.code).toBe(1);
  const waiting = startCli(args('--gpu', '--wait-for-slot', '100'), environment());
  await waiting.until(/Status: WAITING_FOR_SLOT/);
  const { kernels } = served.emulator.state;
  kernels.get('alice/first-gpu')!.versions[0]!.abort.abort(new Error('stopped'));
  await waiting.until(/Pushed version 1 of alice\/my-training/);
  waiting.child.kill('SIGKILL');
  await waiting.ended;
});

test('of a folder, what is sent before the push is uploaded, and the output is downloaded', async () => {
  await served.close();
  const files = [{ name: 'model.bin', data: new Uint8Array(1000) }];
  served = await serveEmulator({ executor: scriptedExecutor(() => ({ files })), lag: 0, processing: 0 });
  const job = join(folder, 'job');
  mkdirSync(job);
  writeFileSync(join(job, 'main.py'), 'import table\n');
  writeFileSync(join(job, 'table.py'), `rows = "${'x'.repeat(300_000)}"\n`);
  const words = ['run', job, '--slug', 'my-training', '--out', join(folder, 'from-job')];
  const { code, stdout } = await cli(words, environment());
  expect(stdout).toMatch(/^ {2}uploaded table\.py .*^Pushed .*^ {2}downloaded model\.bin /ms);
  expect(code).toBe(0);
});

test('says what was checked by its length only, and what is unusual', async () => {
  await served.close();
  const files = [{ name: 'model.bin', data: new Uint8Array(1000) }];
  served = await serveEmulator({ executor: scriptedExecutor(() => ({ files })), hashes: 'none', lag: 0 });
  const { code, stdout, stderr } = await cli(args('--machine', 'NvidiaTeslaP100'), environment());
  expect(stdout).toContain('model.bin (1.0 kB, verified by length only)');
  expect(stderr).toContain('warning: --machine "NvidiaTeslaP100" is retired: Kaggle will use NvidiaTeslaT4 instead');
  expect(code).toBe(0);
  expect(readFileSync(join(folder, 'out/model.bin'))).toHaveLength(1000);
});
