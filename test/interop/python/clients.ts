import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { findPython } from '../../../scripts/contract/python.ts';

/** Where the official clients are: `npm run interop` installs them, and says so. */
export const clientsFolder: string | undefined = process.env.KAGGLE_TS_PYTHONPATH;

/** Why the official clients cannot be run here, or `undefined`. */
export function missing(): string | undefined {
  if (!clientsFolder) return 'it needs the official Python clients, which npm test and npm run interop install';
  if (!existsSync(join(clientsFolder, 'kagglehub'))) return `the official Python clients are not in ${clientsFolder}`;
  return findPython() ? undefined : 'there is no python';
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A process, to be awaited; `kill` ends it at once, as a crash would. */
export type Running = Promise<Ran> & { kill(): void };

/**
 * Runs Python with the official clients, alice's token, and `cwd` for its home folder. With an endpoint they are pointed
 * at it (`site/`); without, they are as they come. Never rejects.
 */
export function python(args: readonly string[], cwd: string, endpoint?: string): Running {
  const site = endpoint === undefined ? [] : [join(import.meta.dirname, 'site')];
  const child = spawn(findPython() ?? 'python3', args, {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: cwd,
      PYTHONPATH: [...site, clientsFolder].join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUNBUFFERED: '1',
      PYTHONUTF8: '1',
      KAGGLE_API_TOKEN: 'KGAT_test',
      KAGGLE_API_ENVIRONMENT: 'LOCALHOST',
      KAGGLE_TS_ENDPOINT: endpoint,
      KAGGLEHUB_CACHE: join(cwd, 'cache'),
      NO_PROXY: 'localhost,127.0.0.1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise<Ran>((resolve) => {
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: stderr + error.message }));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return Object.assign(ended, { kill: () => void child.kill('SIGKILL') });
}
