import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pyodideExecutor, type ServedEmulator, serveEmulator } from '../../src/testing/index.ts';
import { cleanEnvironment, root, start } from '../cli/start.ts';
import { ensureBuilt } from './built.ts';

const bin = (name: string): string => join(root, 'node_modules/.bin', name);
const denoFlags = [
  'run',
  '--no-prompt',
  '--cached-only',
  '--allow-net',
  '--allow-env',
  '--allow-read',
  '--allow-write',
];
const runtimes: [folder: string, command: string, args: string[]][] = [
  ['node', process.execPath, []],
  ['deno', bin('deno'), denoFlags],
  ['bun', bin('bun'), []],
];

let scratch: string;
let served: ServedEmulator;

beforeAll(async () => {
  ensureBuilt();
  scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-examples-'));
  served = await serveEmulator({ executor: pyodideExecutor({ spare: true }) });
});

afterAll(async () => {
  await served?.close();
  rmSync(scratch, { recursive: true, force: true });
});

test.each(runtimes)('examples/%s does the whole job', async (folder, command, args) => {
  const out = join(scratch, folder);
  const env = cleanEnvironment({
    KAGGLE_ENDPOINT: served.url,
    KAGGLE_API_TOKEN: 'KGAT_test',
    HOME: scratch,
    XDG_STATE_HOME: join(scratch, 'state'),
    TMPDIR: scratch,
    DENO_NO_UPDATE_CHECK: '1',
  });
  const job = start(command, [...args, join(root, 'examples', folder, 'main.ts'), out], env);
  await job.until(/step {2}1\/10/);
  // Lines come while the kernel runs: its last one is not there yet.
  expect(job.output()).not.toContain('each additional degree');

  const { code, stdout, stderr } = await job.ended;
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('each additional degree means 40.7 more trips');
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  expect(result).toEqual({ days: 184, intercept: 119.25, slope: 40.67, r2: 0.9169, trips_at_20_degrees: 933 });
  expect(stdout.trimEnd().endsWith(JSON.stringify(result, undefined, 2))).toBe(true);
  expect(readFileSync(join(out, `example-on-${folder}.log`), 'utf8')).toContain('step 10/10');
  expect(stdout).toMatch(/chart\.txt: \d+ bytes \(verified: crc32c\)/);

  const { datasets, kernels } = served.emulator.state;
  const files = datasets.get('alice/example-trips')?.versions.at(-1)?.files ?? [];
  const sample = (name: string) => readFileSync(join(root, 'examples/data/trips', name), 'utf8');
  expect(Object.fromEntries(files.map(({ name, data }) => [name, new TextDecoder().decode(data)]))).toEqual({
    'autumn-not-yet.csv': '',
    'spring.csv': sample('spring.csv'),
    'summer.csv': sample('summer.csv'),
  });
  expect(datasets.get('alice/example-trips')?.isPrivate).toBe(true);
  expect(kernels.get(`alice/example-on-${folder}`)?.isPrivate).toBe(true);
});
