/**
 * Builds the package where npm makes one from a clone: `npm pack`, `npm publish`, and an install from git, for which npm
 * runs this in a clone of its own. `npm ci` and a later `npm install`, which also run it, need no build. It is no
 * TypeScript, since the node that starts it may be older than the one that the project brings along.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs npm in the project's folder; prints what it says, and ends this process with its code, if that fails. */
function npm(...args) {
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  // Standard output belongs to the command that called us, which may be `npm pack --json`.
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(status ?? 1);
}

const command = process.env.npm_command;
const packs = command === 'pack' || command === 'publish';
if (packs || (command !== 'ci' && !existsSync(join(root, 'dist')))) {
  if (!existsSync(join(root, 'node_modules/tsup'))) npm('ci', '--no-audit', '--no-fund');
  npm('run', 'build');
}
