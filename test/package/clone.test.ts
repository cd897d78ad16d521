import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { root } from '../structure/source-files.ts';

const clone = await mkdtemp(join(tmpdir(), 'kaggle-ts-clone-'));
afterAll(() => rm(clone, { recursive: true, force: true }));

test('npm pack builds the package in a clean clone', async () => {
  const notCloned = ['node_modules', 'dist', '.git', '.tmp'];
  for (const name of await readdir(root)) {
    if (!notCloned.includes(name)) await cp(join(root, name), join(clone, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'), 'dir');
  // As npm sets it for the command that a person types.
  const { npm_command, ...env } = process.env;
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json'], { cwd: clone, env, maxBuffer: 1 << 26 });
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, { files: { path: string }[] }>);
  const paths = packed!.files.map(({ path }) => path);
  for (const entry of ['dist/node.js', 'dist/node.d.ts', 'dist/testing/index.js', 'dist/cli/main.js']) {
    expect(paths).toContain(entry);
  }
});
