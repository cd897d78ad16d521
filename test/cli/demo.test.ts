import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { picture, shownLines } from '../../scripts/demo-picture.ts';
import { scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { cli, root, startCli } from './start.ts';

const scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-demo-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A file below the scratch folder. */
function write(path: string, text: string): string {
  const full = join(scratch, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text);
  return full;
}

test('the sample data and the sample kernel: log lines while it runs, then what it computed', async () => {
  const out = join(scratch, 'sample');
  const started = startCli(['demo', '--out', out]);
  await started.until(/^ +\d+\.\d s \| step {2}1\/10/m);
  // The kernel takes some more steps: its end is not known when its first lines are.
  expect(started.output()).not.toContain('Status: COMPLETE');
  const { code, stdout, stderr } = await started.ended;
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('  uploaded trips/summer.csv (1.2 kB)\n');
  expect(stdout).toContain('from trips/spring.csv');
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  expect(result).toMatchObject({ days: 184, slope: 40.67, r2: 0.9169 });
  expect(stdout).toMatch(/result\.json .*\n {2}\{\n {4}"days": 184/);
  expect(stdout).toContain(readFileSync(join(out, 'chart.txt'), 'utf8').split('\n')[3]);

  // The picture in the README shows this output, but for numbers and statuses in between: `npm run demo:picture` renews it.
  const textsOf = (svg: string) =>
    [...svg.matchAll(/<text[^>]*>(.*)<\/text>/g)]
      .map(([, line = '']) => line.replace(/[\d ]+/g, ' '))
      .filter((line) => !line.startsWith('Status:'))
      .sort();
  const shown = picture(['$ npm run demo', ...shownLines(stdout)]);
  expect(textsOf(readFileSync(join(root, 'docs/demo.svg'), 'utf8'))).toEqual(textsOf(shown));
});

test('another data folder and a folder of modules, with parameters', async () => {
  write('my data/numbers.txt', '1 2 3\n');
  write('my data/.git/config', 'no data');
  write('job/helper.py', 'def total(text):\n    return sum(map(int, text.split()))\n');
  write(
    'job/main.py',
    `import glob
from helper import total
from kaggle_params import params
text = open(glob.glob('/kaggle/input/datasets/*/*/numbers.txt')[0]).read()
print('adding up', flush=True)
open('/kaggle/working/sum.txt', 'w').write(f"{params['label']}: {total(text)}\\n")
`,
  );
  const out = join(scratch, 'own');
  const args = ['--data', join(scratch, 'my data'), '--script', join(scratch, 'job'), '--params', '{"label":"sum"}'];
  const { code, stdout } = await cli(['demo', ...args, '--out', out]);
  expect(stdout).toContain('Skipped: .git/');
  expect(stdout).toContain('/kaggle/input/datasets/alice/demo-my-data');
  expect(stdout).toMatch(/ s \| adding up$/m);
  expect(stdout).toMatch(/sum\.txt \(7 bytes\)\n {2}sum: 6\n/);
  expect(readFileSync(join(out, 'sum.txt'), 'utf8')).toBe('sum: 6\n');
  expect(code).toBe(0);
});

test('a kernel that fails: its traceback in the log, once, and exit code 1', async () => {
  const script = write('bad.py', 'raise ValueError("bad data")\n');
  const { code, stdout, stderr } = await cli(['demo', '--script', script, '--out', join(scratch, 'bad')]);
  expect(stdout).toMatch(/ s ! ValueError: bad data$/m);
  expect(stderr).toContain('ended with ERROR');
  expect(stderr).not.toContain('Traceback');
  expect(code).toBe(1);
});

test('on another server: asks first, uses names of its own, and deletes what it made unless told to keep it', async () => {
  const executor = scriptedExecutor(() => ({ files: [{ name: 'a.txt', data: new TextEncoder().encode('done\n') }] }));
  const served = await serveEmulator({ executor, lag: 20, processing: 20 });
  const { state } = served.emulator;
  const env = { KAGGLE_API_TOKEN: 'KGAT_test' };
  try {
    const wrong = await cli(['demo', '--endpoint', served.url, '--yes', '--fetch-packages'], env);
    expect(wrong.stderr).toContain('apply to the emulator only');
    expect(wrong.code).toBe(2);
    const refused = await cli(['demo', '--endpoint', served.url], env);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    expect(state.requests.some(({ rpc }) => /^(Start|Create|Save)/.test(rpc ?? ''))).toBe(false);

    const first = await cli(['demo', '--endpoint', served.url, '--yes', '--out', join(scratch, 'a')], env);
    expect(first.stdout).toMatch(/private dataset alice\/demo-data-\w{8}/);
    expect(first.code).toBe(0);
    expect(state.datasets.size + state.kernels.size).toBe(0);

    const kept = await cli(['demo', '--endpoint', served.url, '-y', '--keep', '--out', join(scratch, 'b')], env);
    expect(kept.code).toBe(0);
    expect([state.datasets.size, state.kernels.size]).toEqual([1, 1]);
    expect([...state.datasets.values()][0]!.isPrivate).toBe(true);
  } finally {
    await served.close();
  }
});

test('run: a script from the command line, fetched into a folder', async () => {
  const served = await serveEmulator({ lag: 20 });
  const script = write('hello.py', "print('hello')\nopen('answer.txt', 'w').write('42')\n");
  const out = join(scratch, 'run');
  try {
    const args = ['run', script, '--slug', 'hello-world', '--out', out, '--gpu', '--machine', 'NvidiaTeslaT4'];
    const { code, stdout } = await cli(args, { KAGGLE_ENDPOINT: served.url, KAGGLE_API_TOKEN: 'KGAT_test' });
    expect(stdout).toMatch(/ s \| hello$/m);
    expect(stdout).toContain('version 1 of alice/hello-world');
    expect(readFileSync(join(out, 'answer.txt'), 'utf8')).toBe('42');
    expect(code).toBe(0);
    expect([...served.emulator.state.kernels.values()][0]!.versions[0]!.shape).toBe('NvidiaTeslaT4');
  } finally {
    await served.close();
  }
});
