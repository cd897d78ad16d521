import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, type TestContext, test } from 'vitest';
import { type ServedEmulator, serveEmulator } from '../../../src/testing/index.ts';
import { skip } from '../../skip.ts';
import { kaggle, missing, python, type Ran } from './clients.ts';

/** Bytes in which no part repeats, so that a mix-up shows. */
const binary = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8) * 13) & 255);
let folder: string;
let served: ServedEmulator | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-interop-'));
  mkdirSync(join(folder, 'data/sub'), { recursive: true });
  writeFileSync(join(folder, 'data/a.csv'), 'x,y\n1,2\n3,4\n');
  writeFileSync(join(folder, 'data/b.bin'), binary);
  writeFileSync(join(folder, 'data/sub/deep.csv'), 'é\n');
});

afterEach(async () => {
  await served?.close();
  served = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** The emulator at the port that the official clients have built in; skips, with a word, where that cannot be had. */
async function emulatorAt(port: number, context: TestContext): Promise<ServedEmulator> {
  const reason = missing();
  if (reason) skip(context, reason);
  try {
    served = await serveEmulator({ port, host: '127.0.0.1' });
  } catch (error) {
    return skip(context, `port ${port} cannot be had: ${(error as Error).message}`);
  }
  return served;
}

function expectEnd({ code, stdout, stderr }: Ran, expected = 0): void {
  expect(code, `${stdout}\n${stderr}`).toBe(expected);
}

function lastLine({ stdout }: Ran): unknown {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

const read = (...parts: string[]) => readFileSync(join(...parts));
const files = (path: string) => readdirSync(path, { recursive: true }).map(String).sort();

describe('the official Python clients against the emulator', () => {
  test('kagglehub uploads a dataset, makes a second version, and downloads both', {
    timeout: 60_000,
  }, async (context) => {
    const { emulator } = await emulatorAt(7777, context);
    const ran = await python([join(import.meta.dirname, 'hub.py'), 'data', join(folder, 'cache')], folder, {
      KAGGLE_API_ENVIRONMENT: 'TEST',
    });
    expectEnd(ran);
    const { whoami, first, second, one } = lastLine(ran) as Record<string, string>;
    expect(whoami).toBe('alice');
    expect(files(first!)).toEqual(['a.csv', 'b.bin', 'sub', 'sub/deep.csv']);
    expect(read(first!, 'b.bin')).toEqual(Buffer.from(binary));
    expect(read(first!, 'sub/deep.csv', '').toString()).toBe('é\n');
    expect(files(second!)).toEqual(['a.csv', 'b.bin', 'more.txt', 'sub', 'sub/deep.csv']);
    expect(read(one!).toString()).toBe('é\n');
    expect([...emulator.state.datasets.keys()]).toEqual(['alice/hub-data']);
  });

  test('kagglesdk pushes a kernel, follows its status, and reads log and output', {
    timeout: 60_000,
  }, async (context) => {
    await emulatorAt(7777, context);
    const ran = await python([join(import.meta.dirname, 'sdk.py'), join(folder, 'cache')], folder, {
      KAGGLE_API_ENVIRONMENT: 'TEST',
    });
    expectEnd(ran);
    const result = lastLine(ran) as Record<string, unknown>;
    expect(result).toMatchObject({ version: 1, error: '', private: true, log: 'hello é\n' });
    expect(result.files).toEqual({ 'result.json': '{"sum": 42}' });
    expect((result.seen as string[]).at(-1)).toBe('COMPLETE');
    expect(read(String(result.fetched), 'result.json').toString()).toBe('{"sum": 42}');
    expect(result.source).toContain("print('hello é')");
  });

  test('the kaggle command makes a dataset, runs a kernel on it, follows the log, and fetches output and dataset', {
    timeout: 120_000,
  }, async (context) => {
    await emulatorAt(80, context);
    const data = join(folder, 'data');
    const settings = { title: 'Cli Data', id: 'alice/cli-data', licenses: [{ name: 'CC0-1.0' }] };
    writeFileSync(join(data, 'dataset-metadata.json'), JSON.stringify(settings));
    expectEnd(await kaggle(['datasets', 'create', '-p', data], folder));
    await expect
      .poll(async () => (await kaggle(['datasets', 'status', 'alice/cli-data'], folder)).stdout.trim(), {
        timeout: 30_000,
      })
      .toBe('ready');

    writeFileSync(join(data, 'c.txt'), 'new\n');
    expectEnd(await kaggle(['datasets', 'version', '-p', data, '-m', 'with another file'], folder));
    await expect
      .poll(async () => (await kaggle(['datasets', 'files', 'alice/cli-data'], folder)).stdout, { timeout: 30_000 })
      .toContain('c.txt');

    const job = join(folder, 'job');
    mkdirSync(job);
    writeFileSync(
      join(job, 'main.py'),
      [
        'import csv, glob, shutil, time',
        "rows = list(csv.DictReader(open(glob.glob('/kaggle/input/**/a.csv', recursive=True)[0])))",
        "print('rows', len(rows), flush=True)",
        'time.sleep(0.5)',
        "print('sum é', sum(int(row['y']) for row in rows), flush=True)",
        "shutil.copy(glob.glob('/kaggle/input/**/b.bin', recursive=True)[0], 'copy.bin')",
      ].join('\n'),
    );
    const kernel = {
      id: 'alice/cli-job',
      title: 'Cli Job',
      code_file: 'main.py',
      language: 'python',
      kernel_type: 'script',
      dataset_sources: ['alice/cli-data'],
    };
    writeFileSync(join(job, 'kernel-metadata.json'), JSON.stringify(kernel));
    expectEnd(await kaggle(['kernels', 'push', '-p', job], folder));
    await expect
      .poll(async () => (await kaggle(['kernels', 'status', 'alice/cli-job'], folder)).stdout, { timeout: 30_000 })
      .toMatch(/RUNNING|COMPLETE/);
    const log = await kaggle(['kernels', 'logs', 'alice/cli-job', '--follow'], folder);
    expectEnd(log);
    expect(log.stdout).toContain('rows 2');
    expect(log.stdout).toContain('sum é 6');
    await expect
      .poll(async () => (await kaggle(['kernels', 'status', 'alice/cli-job'], folder)).stdout, { timeout: 30_000 })
      .toContain('COMPLETE');
    expectEnd(await kaggle(['kernels', 'output', 'alice/cli-job', '-p', join(folder, 'out')], folder));
    expect(files(join(folder, 'out'))).toEqual(['cli-job.log', 'copy.bin']);
    expect(read(folder, 'out/copy.bin')).toEqual(Buffer.from(binary));

    const whole = ['datasets', 'download', 'alice/cli-data', '-p', join(folder, 'back'), '--unzip'];
    expectEnd(await kaggle(whole, folder));
    expect(files(join(folder, 'back'))).toEqual(['a.csv', 'b.bin', 'c.txt']);
    expect(read(folder, 'back/b.bin')).toEqual(Buffer.from(binary));
    expect(read(folder, 'back/a.csv')).toEqual(read(data, 'a.csv'));
    const one = ['datasets', 'download', 'alice/cli-data', '-f', 'a.csv', '-p', join(folder, 'one')];
    expectEnd(await kaggle(one, folder));
    expect(read(folder, 'one/a.csv')).toEqual(read(data, 'a.csv'));
  });
});
