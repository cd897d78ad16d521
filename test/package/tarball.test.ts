import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Consumer, installTarball } from '../../scripts/test/consumer.ts';
import { entries } from '../../src/cli/commands.ts';
import { root } from '../structure/source-files.ts';

const run = promisify(execFile);
const bin = (name: string) => join(root, 'node_modules/.bin', name);
let consumer: Consumer;

beforeAll(async () => {
  consumer = await installTarball();
});
afterAll(() => consumer?.remove());

/** The output of a command, whether or not it succeeds. */
async function outcome(
  command: string,
  args: string[],
  cwd = consumer.folder,
): Promise<{ code: number; text: string }> {
  try {
    const { stdout, stderr } = await run(command, args, {
      cwd,
      maxBuffer: 1 << 26,
      env: { ...process.env, NO_COLOR: '1' },
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

test('publint has nothing to say', async () => {
  const { code, text } = await outcome(bin('publint'), ['run', '--strict', consumer.tarball]);
  expect(text).toMatch(/All good!/);
  expect(code).toBe(0);
});

test('the types are right for every way to import them', async () => {
  const { code, text } = await outcome(bin('attw'), [consumer.tarball, '--profile', 'esm-only', '--no-emoji']);
  // It lists what the profile ignores (CommonJS) as well; the code counts only the rest.
  expect(code, text).toBe(0);
  expect(text).toContain('kaggle-ts/services/*');
});

test('it holds the built package, its papers, and nothing else', async () => {
  const names = await readdir(join(consumer.folder, 'node_modules/kaggle-ts'));
  expect(names.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md', 'dist', 'examples', 'package.json']);
  const samples = await readdir(join(consumer.folder, 'node_modules/kaggle-ts/examples'));
  expect(samples.sort()).toEqual(['data', 'kernel']);
});

const cli = (...args: string[]) => outcome(process.execPath, ['node_modules/kaggle-ts/dist/cli/main.js', ...args]);

test.each(entries.map(({ name }) => name))('its command line has the command %s', async (name) => {
  const { code, text } = await cli(...name.split(' '), '--help');
  expect(text).toMatch(new RegExp(`^Usage: kaggle-ts ${name}`));
  expect(code).toBe(0);
});

test('its demo runs on the sample files that come with it', async () => {
  const out = join(consumer.folder, 'demo');
  const { code, text } = await cli('demo', '--out', out);
  expect(code, text).toBe(0);
  expect(JSON.parse(await readFile(join(out, 'result.json'), 'utf8'))).toMatchObject({ days: 184 });
}, 120_000);

const subpaths = [
  '',
  '/node',
  '/workers',
  '/browser',
  '/datasets',
  '/kernels',
  '/services/kernels',
  '/services/common',
  '/testing',
  '/testing/msw',
];

test.each(subpaths)('kaggle-ts%s can be imported on the oldest Node', async (subpath) => {
  const program = `const m = await import('kaggle-ts${subpath}'); console.log(Object.keys(m).length)`;
  const node22 = join(root, 'node_modules/node22/bin/node');
  const { code, text } = await outcome(node22, ['--input-type=module', '-e', program]);
  expect(text).toMatch(/^\d+\n$/);
  expect(code).toBe(0);
});
