/**
 * Runs the mutation tests: `npm run mutate [-- --mutate FILE]`. Stryker is installed into test/mutation/node_modules first
 * if it is not there: only those who run it pay for it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { command, root } from './test/command.ts';

const folder = join(root, 'test/mutation');
const stryker = join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js');

if (!existsSync(stryker)) {
  // Vitest, a peer of Stryker's runner, is that of the project.
  const options = ['--legacy-peer-deps', '--no-audit', '--no-fund'];
  const { code } = await command('npm', ['ci', '--prefix', folder, ...options], { show: true });
  if (code !== 0) throw new Error('cannot install Stryker, see above');
}
const args = [stryker, 'run', join(folder, 'stryker.config.mjs'), ...process.argv.slice(2)];
const { code } = await command(process.execPath, args, { show: true });
process.exitCode = code;
