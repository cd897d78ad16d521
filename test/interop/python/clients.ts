import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { findPython } from '../../../scripts/contract/python.ts';

const installed = join(import.meta.dirname, '../../../.tmp/python');

/** Where the official clients are: KAGGLE_TS_PYTHONPATH, or what `npm run interop` installed. `undefined`: nowhere. */
export const clientsFolder: string | undefined =
  process.env.KAGGLE_TS_PYTHONPATH || (existsSync(join(installed, 'kagglehub')) ? installed : undefined);

/** Why the official clients cannot be run here, or `undefined`. */
export function missing(): string | undefined {
  if (!clientsFolder) return 'the official Python clients are not installed: npm run interop';
  return findPython() ? undefined : 'there is no python';
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs Python with the official clients, alice's token, and a home folder of its own. Never rejects. */
export function python(args: readonly string[], cwd: string, env: Record<string, string>): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(findPython() ?? 'python3', args, {
      cwd,
      env: {
        PATH: process.env.PATH,
        HOME: cwd,
        PYTHONPATH: clientsFolder,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONUNBUFFERED: '1',
        KAGGLE_API_TOKEN: 'KGAT_test',
        NO_PROXY: 'localhost,127.0.0.1',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: stderr + error.message }));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The `kaggle` command. */
export function kaggle(args: readonly string[], cwd: string): Promise<Ran> {
  const start = 'import sys; from kaggle.cli import main; sys.argv[0] = "kaggle"; sys.exit(main())';
  return python(['-c', start, ...args], cwd, { KAGGLE_API_ENVIRONMENT: 'LOCALHOST' });
}
