import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { cli, here, startCli } from './start.ts';

let folder: string;
let served: ServedEmulator;
let finish: () => void;

/** Each kernel prints a line, waits until the test lets it go on, and does what its text says. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-kernels-'));
  const going = Promise.withResolvers<void>();
  finish = going.resolve;
  const executor = scriptedExecutor(async (job) => {
    const { sessionId } = [...served.emulator.state.kernels.values()][0]!.versions.at(-1)!;
    if (job.text.includes('tells')) job.onOutput('stdout', `##kaggle-ts session=${sessionId}##\n`);
    job.onOutput('stdout', 'working \x1b[31mhard\n');
    await Promise.race([going.promise, new Promise((resolve) => job.signal.addEventListener('abort', resolve))]);
    if (job.text.includes('fails')) throw new Error('bad data');
    return {
      files: [
        { name: 'a.csv', data: new TextEncoder().encode('1,2\n') },
        { name: 'b.txt', data: new Uint8Array(3) },
      ],
    };
  });
  served = await serveEmulator({ executor, lag: 20 });
});
afterEach(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ KAGGLE_ENDPOINT: served.url, KAGGLE_API_TOKEN: 'KGAT_test' });
const call = (...args: string[]) => cli(args, environment());
/** As `call`, in this process. */
const quick = (...args: string[]) => here(args, environment());
const kernel = 'alice/my-training';

async function push(text = 'works'): Promise<void> {
  const body = JSON.stringify({ slug: kernel, newTitle: 'my training', text });
  const headers = { authorization: 'Bearer KGAT_test', 'content-type': 'application/json' };
  const url = `${served.url}/api/v1/kernels.KernelsApiService/SaveKernel`;
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
}

/** Waits until the kernel runs. */
async function running(): Promise<void> {
  await expect.poll(() => served.emulator.state.kernels.get(kernel)!.versions.at(-1)!.status).toBe('RUNNING');
}

test('a list without kernels says so, and prints nothing', async () => {
  expect(await call('list')).toEqual({ code: 0, stdout: '', stderr: 'No kernels found.\n' });
});

test('coming back to a run: its status, its log, its end, its files', async () => {
  await push();
  await running();
  expect(await call('status', kernel)).toMatchObject({ code: 0, stdout: 'RUNNING\n' });
  const early = await call('output', kernel, '--out', join(folder, 'early'));
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('has not ended (RUNNING)')]);

  const following = startCli(['logs', `${kernel}/1`, '--follow'], environment());
  const waiting = startCli(['wait', `${kernel}/1`], environment());
  await Promise.all([following.until(/\| working \[31mhard/), waiting.until(/Status: RUNNING/)]);
  finish();
  expect(await waiting.ended).toMatchObject({ code: 0, stdout: 'Status: RUNNING\nStatus: COMPLETE\n' });
  expect((await following.ended).code).toBe(0);

  const out = join(folder, 'out');
  const fetched = await call('output', kernel, '--out', out, '--pattern', 'csv$');
  expect(fetched.stdout).toContain('downloaded a.csv');
  expect(fetched.stdout).toContain(`2 files saved to ${out}`);
  expect(readdirSync(out).sort()).toEqual(['a.csv', 'my-training.log']);
  expect(readFileSync(join(out, 'a.csv'), 'utf8')).toBe('1,2\n');
  const listed = await call('list');
  expect(listed.stdout).toContain('alice/my-training  my training');
});

test('--json is one value a line, whole, and nothing else', async () => {
  await push();
  finish();
  const values = async (...args: string[]) => {
    const { code, stdout } = await quick(...args, '--json');
    expect(code).toBe(0);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  expect(await values('wait', kernel)).toEqual([{ status: 'COMPLETE' }]);
  expect(await values('status', kernel)).toEqual([{ status: 'COMPLETE' }]);
  expect((await values('logs', kernel))[0]).toMatchObject({ stream: 'stdout', data: 'working \x1b[31mhard\n' });
  const [files] = await values('output', kernel, '--out', join(folder, 'json'));
  expect(files.map(({ name }: { name: string }) => name).sort()).toEqual(['a.csv', 'b.txt', 'my-training.log']);
  expect(await values('list')).toMatchObject([{ ref: kernel, currentVersionNumber: 1 }]);
  expect(await values('cancel', kernel, '--delete', '--yes')).toEqual([{ deleted: kernel }]);
});

test('a run that fails: exit code 1, the reason and the end of the log', async () => {
  await push('fails');
  finish();
  const { code, stderr } = await quick('wait', kernel);
  expect([code, stderr]).toEqual([1, expect.stringContaining('ended with ERROR')]);
  expect(stderr).toContain('working');
  const json = await quick('wait', kernel, '--json');
  expect([json.code, JSON.parse(json.stdout).status]).toEqual([1, 'ERROR']);
});

describe('cancel', () => {
  test('takes the session from the log, or from --session', async () => {
    await push('tells its session');
    await running();
    const { code, stdout } = await call('cancel', kernel);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Canceling alice\/my-training \(session \d+\)/)]);
    await expect.poll(() => served.emulator.state.kernels.get(kernel)!.versions[0]!.status).toMatch(/^CANCEL_/);
  });

  test('says what works for a run that does not tell its session, and that works', async () => {
    await push();
    await running();
    const refused = await quick('cancel', kernel);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('delete the kernel with kaggle-ts cancel KERNEL --delete');
    expect(refused.stderr).not.toContain('kernels.remove');
    const asked = await quick('cancel', kernel, '--delete');
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect((await quick('cancel', kernel, '--delete', '--yes')).stdout).toContain('Deleted alice/my-training.');
    expect(served.emulator.state.kernels.size).toBe(0);
  });
});

test.each(['status', 'logs', 'wait', 'output', 'cancel'])('%s of a kernel that is not there', async (name) => {
  const { code, stderr, stdout } = await quick(name, 'alice/nothing-here');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`kaggle-ts ${name}: `);
  const none = await quick(name);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('missing argument KERNEL')]);
});

describe('what ends `run` after the push says how to come back', () => {
  const run = (...more: string[]) => {
    const script = join(folder, 'train.py');
    writeFileSync(script, 'works');
    return startCli(['run', script, '--slug', 'my-training', '--out', join(folder, 'out'), ...more], environment());
  };

  test('when the time is up', async () => {
    const { code, stderr } = await run('--timeout', '2').ended;
    expect(code).toBe(1);
    expect(stderr).toContain('version 1 of alice/my-training is still running and using quota');
    expect(stderr).toContain('kaggle-ts wait alice/my-training/1 && kaggle-ts output alice/my-training/1');
  });

  test('when Kaggle leaves out a source, unless that is allowed', async () => {
    const { code, stderr } = await run('--dataset', 'bob/nothing').ended;
    expect(code).toBe(1);
    expect(stderr).toContain('left out invalid sources (dataset bob/nothing)');
    expect(stderr).toContain('kaggle-ts cancel alice/my-training/1');
    finish();
    expect((await run('--dataset', 'bob/nothing', '--allow-invalid-sources').ended).code).toBe(0);
  });

  test('but not of a kernel that is deleted', async () => {
    const { code, stderr } = await run('--dataset', 'bob/nothing', '--ephemeral').ended;
    expect(code).toBe(1);
    expect(stderr).toContain('was stopped and deleted');
    expect(stderr).not.toMatch(/continues|still running|follow its log/);
    expect(served.emulator.state.kernels.size).toBe(0);
  });

  test('when it is interrupted while Kaggle saves the push', async () => {
    const asked = Promise.withResolvers<string>();
    const silent = createServer((request) => asked.resolve(request.url!)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const started = run('--endpoint', `http://127.0.0.1:${port}`, '--slug', kernel);
    expect(await asked.promise).toContain('SaveKernel');
    started.child.kill('SIGINT');
    const { code, stderr } = await started.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('kaggle-ts status alice/my-training');
    silent.closeAllConnections();
    silent.close();
  });

  test('and a title of another slug names the option of the command line', async () => {
    const { code, stderr } = await run('--title', 'Something Else').ended;
    expect(code).toBe(1);
    expect(stderr).toContain('pass --allow-slug-mismatch');
    expect(stderr).not.toMatch(/allowSlugMismatch|newTitle/);
    finish();
    expect((await run('--title', 'Something Else', '--allow-slug-mismatch').ended).code).toBe(0);
  });
});

describe('`run` with a kernel-metadata.json', () => {
  const metadata = {
    id: 'alice/from-metadata',
    title: 'From metadata',
    code_file: 'src/train.R',
    language: 'r',
    kernel_type: 'script',
    is_private: 'false',
    enable_internet: false,
    dataset_sources: ['bob/points'],
  };
  const write = (change: object = {}) => {
    mkdirSync(join(folder, 'src'), { recursive: true });
    writeFileSync(join(folder, 'src/train.R'), 'print("works")\n');
    writeFileSync(join(folder, 'kernel-metadata.json'), JSON.stringify({ ...metadata, ...change }));
  };
  const request = () => served.emulator.state.kernels.get('alice/from-metadata')!.versions.at(-1)!.request;
  const out = () => ['--out', join(folder, 'out'), '--allow-invalid-sources'];

  test('sends its code with its settings', async () => {
    write();
    finish();
    expect((await quick('run', folder, ...out())).code).toBe(0);
    expect(request()).toMatchObject({
      text: 'print("works")\n',
      language: 'r',
      isPrivate: false,
      enableInternet: false,
      datasetDataSources: ['bob/points'],
    });
    const file = join(folder, 'kernel-metadata.json');
    expect((await quick('run', file, ...out(), '--dataset', 'bob/lines')).code).toBe(0);
    expect(request()).toMatchObject({ isPrivate: false, datasetDataSources: ['bob/lines'] });
  });

  test('says what is wrong with it', async () => {
    write({ enable_gpuu: true });
    const { code, stderr } = await quick('run', folder, ...out());
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('enable_gpuu: no such option; did you mean enable_gpu?'),
    ]);
  });
});
