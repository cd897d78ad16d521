/**
 * `npm run interop`: installs the official Python clients into a throwaway folder of the project (`.tmp/python`) and runs
 * the tests that need them. Says so and ends well where there is no python, no pip, or nothing to install from.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { install } from './install.ts';

const reason = process.env.KAGGLE_TS_PYTHONPATH ? undefined : install();
if (reason) console.log(`not run: ${reason}`);
else {
  const root = new URL('../../../', import.meta.url);
  const tests = ['node_modules/vitest/vitest.mjs', 'run', 'test/interop'];
  process.exitCode = spawnSync(process.execPath, tests, { cwd: root, stdio: 'inherit' }).status ?? 1;
}
