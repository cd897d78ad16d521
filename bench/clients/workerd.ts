/** What the benchmarks in workerd share: the bundle of a Worker, and the process that Miniflare started. */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { build } from 'esbuild';
import { here, root } from './index.ts';

/** The Worker of one file of this folder, as wrangler would bundle it. */
export async function bundleWorker(program: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${here}${program}`],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    target: 'es2024',
    external: ['node:*'],
  });
  return outputFiles[0]!.text;
}

/** The `/proc/PID/status` of a process; empty if it has ended. */
export function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

/** The process id of the only workerd that this process started. */
export function pidOfWorkerd(): string {
  const parent = new RegExp(`^PPid:\\s+${process.pid}$`, 'm');
  const found = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    const status = statusOf(name);
    return /^Name:\s+workerd$/m.test(status) && parent.test(status);
  });
  if (found.length !== 1) throw new Error(`${found.length} processes of workerd were found`);
  return found[0]!;
}
