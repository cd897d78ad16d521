import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { createTerminal } from '../../src/cli/terminal.ts';

export const root: string = join(import.meta.dirname, '../..');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcessWithoutNullStreams;
  /** What it has printed so far. */
  output(): string;
  /** Resolves when standard output matches, with the match; rejects when the process ends without. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<Ended>;
}

/** The variables of this process without any that could give a credential or an endpoint. */
export function cleanEnvironment(more: Record<string, string> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^KAGGLE|^NODE_OPTIONS$|^VITEST|^HOME$|_proxy$/i.test(name),
  );
  return { ...Object.fromEntries(kept), HOME: '/nonexistent', NO_COLOR: '1', ...more } as Record<string, string>;
}

/** Starts a program and collects what it prints. A detached one can be killed with its children: `process.kill(-pid)`. */
export function start(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string = root,
  detached = false,
): Started {
  const child = spawn(command, args, { cwd, env, detached });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.end();
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    output: () => stdout,
    ended,
    until(pattern) {
      const found = new Promise<RegExpExecArray>((resolve) => {
        const look = () => {
          const match = pattern.exec(stdout);
          if (!match) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
      });
      const over = ended.then(({ code }) => {
        const match = pattern.exec(stdout);
        if (match) return match;
        throw new Error(`ended with ${code} without ${pattern}:\n${stdout}\n${stderr}`);
      });
      return Promise.race([found, over]);
    },
  };
}

/** Starts the command line. */
export function startCli(args: readonly string[], env: Record<string, string> = {}): Started {
  return start(process.execPath, [join(root, 'src/cli/main.ts'), ...args], cleanEnvironment(env));
}

export const cli = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  startCli(args, env).ended;

/** Runs `work` with the variables of `cleanEnvironment`. */
async function withEnvironment<T>(env: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  const set = (wanted: Record<string, string | undefined>) => {
    for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
    Object.assign(process.env, wanted);
  };
  set(cleanEnvironment(env));
  try {
    return await work();
  } finally {
    set(before);
  }
}

/**
 * Runs the command line in this process, which takes a tenth of the time: for what needs no signal, and is not about the end
 * of the process.
 */
export function here(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write(more: string) {
      text[name] += more;
      return true;
    },
    on() {},
  });
  return withEnvironment(env, async () => {
    const code = await runCommandLine(args, createTerminal(stream('stdout'), stream('stderr')));
    return { code, ...text };
  });
}
