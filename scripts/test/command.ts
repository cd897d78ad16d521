import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

export const root: string = join(import.meta.dirname, '../..');

export interface Ended {
  code: number;
  /** Standard output and standard error, in order of arrival. */
  output: string;
}

export interface CommandOptions {
  /** Prints the output while the command runs. */
  show?: boolean;
  /** Additional environment variables. */
  env?: Record<string, string>;
}

/** Runs a command in the project, with the project's tools first on the PATH. Never rejects. */
export function command(name: string, args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(name, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
    });
    const take = (chunk: Buffer) => {
      output += chunk;
      if (options.show) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
