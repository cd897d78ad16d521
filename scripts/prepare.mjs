/**
 * Builds the package where npm makes one from a clone: `npm pack`, `npm publish`, and an install from git, for which npm
 * runs this in a clone of its own. `npm ci` alone, which also runs it, needs no build. It is no TypeScript, since the node
 * that starts it may be older than the one that the project brings along.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs npm in the project's folder; ends this process with npm's code if that fails. */
function npm(...args) {
  // What npm prints on standard output belongs to the command that called us, which may be `npm pack --json`.
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.env.npm_command !== 'ci') {
  if (!existsSync(join(root, 'node_modules/tsup'))) npm('ci', '--no-audit', '--no-fund');
  npm('run', 'build');
}
