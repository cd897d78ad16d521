import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** One way to start a process that is measured. */
export interface Client {
  name: string;
  command: string;
  /** What stands before the client's own arguments. */
  args: readonly string[];
  env?: Record<string, string>;
  /** Why it cannot be measured here. */
  missing?: string;
}

export type Runtime = 'node' | 'deno' | 'bun';

export const root: string = fileURLToPath(new URL('../../', import.meta.url));
export const here: string = fileURLToPath(new URL('.', import.meta.url));

const labels: Record<Runtime, string> = { node: 'Node', deno: 'Deno', bun: 'Bun' };
const denoArgs = ['run', '-A', '--no-prompt', '--node-modules-dir=manual', '--no-lock', '--no-remote'];

export const runtimes: readonly Runtime[] = ['node', 'deno', 'bun'];

/** A runtime of node_modules, with the script that it runs. */
export function javascript(runtime: Runtime, what: string, script: string, ...args: readonly string[]): Client {
  return {
    name: `${what}, ${labels[runtime]}`,
    command: `${root}node_modules/.bin/${runtime}`,
    args: [...(runtime === 'deno' ? denoArgs : []), `${here}${script}`, ...args],
  };
}

const folder = process.env.KAGGLE_TS_PYTHONPATH ?? `${root}.tmp/python`;
const python = interpreter(process.env.PYTHON ?? 'python3');

/** The interpreter itself, where the name is that of a script which looks for one: that would be measured with it. */
function interpreter(name: string): string {
  const { status, stdout } = spawnSync(name, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : name;
}

/** Why the official Python client cannot run, if it cannot. */
function withoutPython(): string | undefined {
  if (!existsSync(`${folder}/kagglehub`)) {
    return 'they are not installed, and KAGGLE_TS_PYTHONPATH does not name its folder';
  }
  const { status, error } = spawnSync(python, ['--version']);
  return status === 0 ? undefined : `no ${python} (${error?.message ?? `exit code ${status}`})`;
}

export function kagglesdk(script: string): Client {
  return {
    name: 'kagglesdk, Python',
    command: python,
    args: [`${here}${script}`],
    env: { PYTHONPATH: folder },
    missing: withoutPython(),
  };
}

/** `kaggle` or `kagglehub`, as `official.py` runs them; `home` is a folder for what they write of their own accord. */
export function official(name: string, flavour: 'cli' | 'hub', home: string): Client {
  return {
    name,
    command: python,
    args: [`${here}official.py`, flavour],
    env: {
      PYTHONPATH: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      HOME: home,
      TMPDIR: home,
      KAGGLEHUB_CACHE: `${home}/cache`,
      KAGGLEHUB_VERBOSITY: 'error',
      KAGGLE_API_TOKEN: 'KGAT_test',
      KAGGLE_API_ENVIRONMENT: 'LOCALHOST',
      NO_PROXY: '*',
    },
    missing: withoutPython(),
  };
}

/** curl, driven by a script that Node runs. */
export function curl(...args: readonly string[]): Client {
  const present = spawnSync('curl', ['--version']).status === 0;
  return { ...javascript('node', '', 'curl.ts', ...args), name: 'curl', ...(!present && { missing: 'no curl' }) };
}

/** Versions of everything that is measured, for the head of the report. */
export function versions(): string[] {
  const ask = (command: string, args: readonly string[], env: Record<string, string> = {}) => {
    const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env } });
    return status === 0 ? stdout.trim().split('\n')[0] : undefined;
  };
  const bin = (name: string) => `${root}node_modules/.bin/${name}`;
  const installed = ['kagglesdk', 'kaggle', 'kagglehub'];
  const asked = `from importlib.metadata import version as v; print(${installed.map((name) => `"${name}", v("${name}")`).join(', ",", ')})`;
  return [
    `Node ${ask(bin('node'), ['--version'])}`,
    ask(bin('deno'), ['--version'])?.replace(/^deno (\S+).*/, 'Deno $1'),
    `Bun ${ask(bin('bun'), ['--version'])}`,
    withoutPython() ? undefined : ask(python, ['--version']),
    withoutPython() ? undefined : ask(python, ['-c', asked], { PYTHONPATH: folder })?.replaceAll(' ,', ','),
    ask('curl', ['--version'])?.replace(/^curl (\S+).*/, 'curl $1'),
  ].filter((version) => version !== undefined);
}
