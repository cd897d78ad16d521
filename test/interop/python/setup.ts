/**
 * `npm run interop`: installs the official Python clients into a throwaway folder of the project (`.tmp/python`) and runs
 * the tests that need them. Says so and ends well where there is no python, no pip, or nothing to install from.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '../../..');
const target = join(root, '.tmp/python');
// kaggle 2.2.4 imports six without asking for it.
const packages = ['kaggle==2.2.4', 'kagglesdk==0.1.37', 'kagglehub==1.0.2', 'six'];

function run(name: string, args: readonly string[], env: Record<string, string | undefined> = process.env): number {
  return spawnSync(name, args, { cwd: root, stdio: 'inherit', env }).status ?? 127;
}

function install(): string | undefined {
  if (existsSync(join(target, 'kagglehub'))) return undefined;
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (!python) return 'there is no python here';
  if (spawnSync(python, ['-m', 'pip', '--version']).status !== 0) return `${python} has no pip`;
  mkdirSync(target, { recursive: true });
  const code = run(python, ['-m', 'pip', 'install', '--quiet', '--target', target, ...packages]);
  return code === 0 ? undefined : 'pip could not install the official clients';
}

const given = process.env.KAGGLE_TS_PYTHONPATH;
const reason = given ? undefined : install();
if (reason) console.log(`not run: ${reason}`);
else process.exitCode = run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/interop']);
