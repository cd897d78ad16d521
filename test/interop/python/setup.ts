/**
 * `npm run interop`: installs the official Python clients into a throwaway folder of the project (`.tmp/python`) and runs
 * the tests that need them, which `npm test` skips. Where there is no python, no pip, or nothing to install from, it says
 * so and ends with 1.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { install, target } from './install.ts';

const reason = process.env.KAGGLE_TS_PYTHONPATH ? undefined : install();
if (reason) {
  console.error(`not run: ${reason}`);
  process.exitCode = 1;
} else {
  const root = new URL('../../../', import.meta.url);
  const tests = ['node_modules/vitest/vitest.mjs', 'run', 'test/interop', 'test/contract/contract-update'];
  const env = { ...process.env, KAGGLE_TS_PYTHONPATH: process.env.KAGGLE_TS_PYTHONPATH || target };
  process.exitCode = spawnSync(process.execPath, tests, { cwd: root, stdio: 'inherit', env }).status ?? 1;
}
