import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Emulator } from '../../src/testing/index.ts';
import { caches } from '../caches.ts';

const modules = join(import.meta.dirname, '../../node_modules');
const deno = ['run', '--no-prompt', '--node-modules-dir=manual', '--no-lock', '--no-remote', '--no-check', '-A'];

/** How each runtime is started. */
export const runtimes: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  node: [join(modules, 'node/bin/node')],
  node24: [join(modules, 'node24/bin/node')],
  node22: [join(modules, 'node22/bin/node')],
  deno: [join(modules, '.bin/deno'), ...deno],
  bun: [join(modules, '.bin/bun'), 'run'],
};

const bundles = new Map<string, string>();

/**
 * A runner in one file, for Node: it starts three times as fast as from a hundred sources, and node22, which removes their
 * types each time, five times.
 */
function bundled(script: string, name: string): string {
  let path = bundles.get(name);
  if (!path) {
    const { outputFiles } = buildSync({
      entryPoints: [script],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    const folder = join(modules, '.cache/runners');
    mkdirSync(folder, { recursive: true });
    path = join(folder, name.replace(/ts$/, 'mjs'));
    // Another worker of Vitest may be writing or starting the same file.
    writeFileSync(`${path}.${process.pid}`, outputFiles[0]!.contents);
    renameSync(`${path}.${process.pid}`, path);
    bundles.set(name, path);
  }
  return path;
}

export interface Running {
  child: ChildProcess;
  /** The last line that it printed, as JSON; rejects when it ended without one. */
  result: Promise<Record<string, unknown>>;
  kill(): Promise<void>;
}

/** Starts a runner of this room, with state and home in `home`. */
export function startRunner(
  runtime: string,
  runner: string,
  settings: object,
  home: string,
  env: object = {},
): Running {
  const [command, ...args] = runtimes[runtime]!;
  const script = join(import.meta.dirname, 'runners', runner);
  const entry = runtime.replace(/\d+$/, '');
  const program = entry === 'node' ? bundled(script, runner) : script;
  const child = spawn(command, [...args, program, entry, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      XDG_STATE_HOME: `${home}/state`,
      ...caches,
      NO_COLOR: '1',
      ...env,
    },
  });
  let out = '';
  let complaints = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const closed = once(child, 'close');
  const result = closed.then(() => {
    const last = out.trim().split('\n').at(-1);
    if (!last) throw new Error(`${runtime} ended without a result\n${complaints}`);
    return JSON.parse(last) as Record<string, unknown>;
  });
  result.catch(() => undefined);
  return {
    child,
    result,
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Waits until `seen` holds; fails when the process ends before, or after a minute. */
export async function until(running: Running, seen: () => boolean): Promise<void> {
  for (let end = Date.now() + 60_000; !seen(); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (running.child.exitCode !== null) throw new Error(`it ended too early: ${JSON.stringify(await running.result)}`);
    if (Date.now() > end) throw new Error('it never happened');
  }
}

/** What the server was asked: methods of RPCs and PUTs with their ranges, in order. */
export function asked(emulator: Pick<Emulator, 'state'>): string[] {
  return emulator.state.requests.map(({ method, rpc, headers }) =>
    rpc ? rpc : method === 'PUT' ? `PUT ${headers['content-range'] ?? headers['content-length']}` : method,
  );
}
