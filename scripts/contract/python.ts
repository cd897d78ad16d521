import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The name of a Python 3 that can be started. */
export function findPython(): string | undefined {
  const check = ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'];
  return ['python3', 'python'].find((name) => spawnSync(name, check, { stdio: 'ignore' }).status === 0);
}

function needPython(): string {
  const python = findPython();
  if (!python) throw new Error('there is no Python 3.9 or newer: neither python3 nor python can be started');
  return python;
}

/** Installs packages into a folder of their own, or throws an error that says what is missing; then the folder is gone. */
export function pipInstall(folder: string, packages: readonly string[]): void {
  const python = needPython();
  if (spawnSync(python, ['-m', 'pip', '--version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(`${python} has no pip: install it, for example by ${python} -m ensurepip`);
  }
  const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2', '--target', folder];
  const { status, stderr } = spawnSync(python, ['-m', 'pip', 'install', ...options, ...packages], { encoding: 'utf8' });
  if (status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`pip could not install ${packages.join(' ')}: ${pipReason(stderr)}`);
}

/** What went wrong, in one line. */
export function pipReason(stderr: string): string {
  if (/Retrying|connection broken|Max retries/.test(stderr)) return 'its package index cannot be reached';
  if (/No matching distribution/.test(stderr)) return 'there is no such version, or none for this Python';
  return stderr.trim().split('\n').at(-1) || 'it did not say why';
}

/** Runs Python on a kagglesdk, which is in `packages`, and the modules of this folder. Returns what it prints. */
export function runPython(packages: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(needPython(), args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: {
      ...process.env,
      PYTHONPATH: [packages, dirname(fileURLToPath(import.meta.url))].join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUTF8: '1',
    },
  });
  if (status !== 0) throw new Error(stderr?.trim() || error?.message || `python ended with ${status}`);
  return stdout;
}
