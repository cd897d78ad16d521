import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const target: string = join(import.meta.dirname, '../../../.tmp/python');
// kaggle 2.2.4 imports six without asking for it.
const packages = ['kaggle==2.2.4', 'kagglesdk==0.1.37', 'kagglehub==1.0.2', 'six'];

/** Installs the official clients into the throwaway folder `.tmp/python`, once. Says why if that cannot be done. */
export function install(): string | undefined {
  if (existsSync(join(target, 'kagglehub'))) return undefined;
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (!python) return 'there is no python here';
  if (spawnSync(python, ['-m', 'pip', '--version']).status !== 0) return `${python} has no pip`;
  mkdirSync(target, { recursive: true });
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', target, ...packages];
  if (spawnSync(python, args, { stdio: ['ignore', 2, 2] }).status === 0) return undefined;
  // Half an installation would pass for a whole one the next time.
  rmSync(target, { recursive: true, force: true });
  return 'pip could not install the official clients';
}
