/**
 * `npm run interop`: installs the official Python clients into a throwaway folder of the project (`.tmp/python`) and runs
 * the tests that need them, with a check of each row of docs/comparison.md, which `npm test` skips. Where there is no python, no
 * pip, or nothing to install from, it says so and ends with 1. With `--install` it only installs them, and prints where.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { install, target } from './install.ts';

const given = process.env.KAGGLE_TS_PYTHONPATH;
const reason = given ? undefined : install();
if (reason) {
  console.error(`not run: the official Python clients: ${reason}`);
  process.exitCode = 1;
} else if (process.argv[2] === '--install') {
  console.log(given || target);
} else {
  const root = new URL('../../../', import.meta.url);
  const tests = ['node_modules/vitest/vitest.mjs', 'run', 'test/interop', 'test/contract/contract-update'];
  const env = { ...process.env, KAGGLE_TS_PYTHONPATH: given || target, KAGGLE_TS_CLAIMS: 'all' };
  process.exitCode = spawnSync(process.execPath, tests, { cwd: root, stdio: 'inherit', env }).status ?? 1;
}
