import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../../src/testing/index.ts';
import { cli, startCli } from '../start.ts';
import { pretend } from './lab.ts';

let served: ServedEmulator;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-check-'));
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  await served.close();
});

const environment = () => ({ KAGGLE_ENDPOINT: served.url, KAGGLE_API_TOKEN: 'KGAT_test' });
const report = () => readFileSync(join(folder, 'report.md'), 'utf8');
const left = () => served.emulator.state.datasets.size + served.emulator.state.kernels.size;

/** The rows of the report that end in a verdict. */
const rows = (verdict: string) =>
  report()
    .split('\n')
    .filter((line) => line.endsWith(`| ${verdict} |`))
    .map((line) => line.split(' | ')[0]!.slice(2));

test('against the emulator, with Python: all that is seen agrees, and nothing is left', async () => {
  served = await serveEmulator({ lag: 100, processing: 300 });
  const args = ['check', 'all', '--yes', '--report', join(folder, 'report.md'), '--record', join(folder, 'flows')];
  const { code, stdout } = await cli(args, environment());
  expect(stdout).toMatch(/creates the private dataset "kaggle-ts-check-\w{8}-data" and the private kernel/);
  expect(stdout).toMatch(/\b0 failed$/m);
  expect(rows('differs')).toEqual([]);
  const unseen = rows('not seen').filter((id) => id !== 'status.queued');
  expect(unseen.sort()).toEqual([
    'auth.basic-changes',
    'auth.basic-reads',
    'auth.key-as-bearer',
    'errors.rest-any-token',
    'errors.rest-shape',
    'errors.retry-after',
  ]);
  expect(stdout).toContain(`Questions: ${rows('agrees').length} agree, 0 differ`);
  expect(readdirSync(join(folder, 'flows')).sort()).toEqual([
    'check-datasets.json',
    'check-kernels.json',
    'check-live.json',
  ]);
  expect(code).toBe(0);
  expect(left()).toBe(0);
});

/** A run that does not end by itself. */
const endless = scriptedExecutor(
  ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
);

test('Ctrl-C in the middle: what was made is removed, and the report has what was seen so far', async () => {
  served = await serveEmulator({ lag: 20, processing: 40, executor: endless });
  const started = startCli(['check', 'all', '--yes', '--report', join(folder, 'report.md')], environment());
  await started.until(/^ok {6}questions \(running\)/m);
  started.child.kill('SIGINT');
  const { code, stdout } = await started.ended;
  expect(stdout).toMatch(/^failed {2}follow the log/m);
  expect(stdout).toMatch(/^ok {6}delete alice\/kaggle-ts-check-\w{8}$|^ok {6}delete alice\/kaggle-ts-check-\w{8} /m);
  expect(stdout).toMatch(/^ok {6}delete alice\/kaggle-ts-check-\w{8}-data/m);
  expect(code).toBe(130);
  expect(left()).toBe(0);
  expect(report()).toContain('interrupted');
  expect(rows('agrees')).toEqual(expect.arrayContaining(['auth.bearer', 'hash.file', 'unpack.zip']));
  expect(rows('not seen')).toEqual(expect.arrayContaining(['label.status.v', 'mounts.owner']));
  expect(report()).toContain('the check ended earlier');
});

test('all steps pass, but something differs: exit code 3, and what it is', async () => {
  const executor = pretend(() => served.emulator, {});
  served = await serveEmulator({ lag: 20, processing: 40, hashes: 'none', executor });
  const { code, stdout } = await cli(['check', 'all', '--yes'], environment());
  for (const storage of ['archive', 'file', 'output']) {
    expect(stdout).toMatch(
      new RegExp(`^differs hash\\.${storage}: assumed crc32c, md5; observed no such header$`, 'm'),
    );
  }
  expect(stdout).toMatch(/\b0 failed$/m);
  expect(code).toBe(3);
  expect(left()).toBe(0);
});

test('without a yes nothing is created, and no report is written', async () => {
  served = await serveEmulator();
  const { code, stderr } = await cli(['check', 'all', '--report', join(folder, 'report.md')], environment());
  expect(stderr).toContain('--yes');
  expect(code).toBe(2);
  expect(served.emulator.state.requests).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
