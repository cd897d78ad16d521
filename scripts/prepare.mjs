/**
 * Builds the package if npm packs it: `npm pack`, `npm publish`, and installs from git, for which npm runs this script in
 * a clone. `npm ci` and a later `npm install` also run it but need no build. It is JavaScript, because the Node that runs it may
 * be too old for TypeScript.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs npm in the project. If it fails, prints its output and exits with its code.
 * @param {string[]} args
 */
function npm(...args) {
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  // The caller, such as `npm pack --json`, owns standard output.
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(status ?? 1);
}

const command = process.env.npm_command;
const packs = command === 'pack' || command === 'publish';
if (packs || (command !== 'ci' && !existsSync(join(root, 'dist')))) {
  if (!existsSync(join(root, 'node_modules/tsup'))) npm('ci', '--no-audit', '--no-fund');
  npm('run', 'build');
}
