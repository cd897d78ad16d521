import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** By command: the path of the interpreter, or '' if there is none. */
const paths = new Map<string, string>();

/**
 * The path of the first of the commands that is Python 3.9 or newer. It is searched for once: on many machines, the command is
 * a script that takes longer than the interpreter itself.
 */
export function findPython(commands: readonly string[] = ['python3', 'python']): string | undefined {
  const check = ['-c', 'import sys; print(sys.executable); sys.exit(sys.version_info < (3, 9))'];
  for (const command of commands) {
    if (!paths.has(command)) {
      const { status, stdout } = spawnSync(command, check, { encoding: 'utf8' });
      paths.set(command, status === 0 ? stdout.trim() || command : '');
    }
    if (paths.get(command)) return paths.get(command);
  }
  return undefined;
}

function needPython(): string {
  const python = findPython();
  if (!python) throw new Error('Python 3.9 or newer not found: install it as python3 or python');
  return python;
}

/** Installs packages into a folder. Removes the folder and throws if that fails. */
export function pipInstall(folder: string, packages: readonly string[]): void {
  const python = needPython();
  if (spawnSync(python, ['-m', 'pip', '--version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(`${python} has no pip: install it, for example with "${python} -m ensurepip"`);
  }
  const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2', '--target', folder];
  const { status, stderr } = spawnSync(python, ['-m', 'pip', 'install', ...options, ...packages], { encoding: 'utf8' });
  if (status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`pip cannot install ${packages.join(' ')}: ${pipReason(stderr)}`);
}

/** The reason for pip's failure, in one line. */
export function pipReason(stderr: string): string {
  if (/Retrying|connection broken|Max retries/.test(stderr)) return 'the package index cannot be reached';
  if (/No matching distribution/.test(stderr)) return 'no such version, or none for this Python';
  return stderr.trim().split('\n').at(-1) || 'no reason given';
}

/** Runs Python with the kagglesdk in `packages` and the modules of this folder. Returns its output. */
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
  if (status !== 0) throw new Error(stderr?.trim() || error?.message || `python exited with code ${status}`);
  return stdout;
}
