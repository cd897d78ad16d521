import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../cli/start.ts';

/** Builds the package where it is not there yet (`npm test` has done it before). */
export function ensureBuilt(): void {
  if (existsSync(join(root, 'dist/node.js')) && existsSync(join(root, 'dist/node.d.ts'))) return;
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root });
}
