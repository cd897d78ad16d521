import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { root } from '../structure/source-files.ts';
import { packageOnly } from './package-only.ts';

const clone = await mkdtemp(join(tmpdir(), 'kaggle-ts-clone-'));

/** Runs npm as from a shell, without the variables of the npm that runs the tests. */
function npm(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { npm_command, ...env } = process.env;
  return promisify(execFile)('npm', args, { cwd: clone, env, maxBuffer: 1 << 26 });
}
afterAll(() => rm(clone, { recursive: true, force: true }));

test('npm pack builds the package in a clean clone', async (context) => {
  packageOnly(context, 'it takes long, and changes with the build and the versions of other packages only');
  const notCloned = ['node_modules', 'dist', '.git', '.tmp'];
  for (const name of await readdir(root)) {
    if (!notCloned.includes(name)) await cp(join(root, name), join(clone, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'), 'dir');
  const { stdout } = await npm('pack', '--json');
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, { files: { path: string }[] }>);
  const paths = packed!.files.map(({ path }) => path);
  for (const entry of ['dist/node.js', 'dist/node.d.ts', 'dist/testing/index.js', 'dist/cli/main.js']) {
    expect(paths).toContain(entry);
  }
});

test('npm publish accepts the package without correcting the manifest', async (context) => {
  packageOnly(context, 'it publishes what the test before it has built');
  const { stdout, stderr } = await npm('publish', '--dry-run', '--ignore-scripts', '--offline');
  expect(stdout).toMatch(/^\+ kaggle-ts@\d/m);
  expect(stderr).toMatch(/Publishing to .* with tag latest and public access/);
  const warnings = stderr.split('\n').filter((line) => /^npm (?:warn|error)/.test(line));
  expect(warnings.filter((line) => !line.includes('requires you to be logged in'))).toEqual([]);
});
