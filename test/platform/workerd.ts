import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { build, type Plugin } from 'esbuild';
import { Miniflare, type MiniflareOptions } from 'miniflare';

/** A workerd of its own. */
export interface Workerd {
  /** Asks the Worker at `path`; throws with its answer's text unless that is a success. */
  ask<T>(path: string): Promise<T>;
  /** The most memory that workerd ever held, in MiB; `undefined` where there is no /proc. */
  peakMiB(): number | undefined;
  /** Seconds of CPU that workerd used so far. */
  cpuSeconds(): number | undefined;
  dispose(): Promise<void>;
}

/** The Worker of one file, as wrangler would bundle it. */
export async function bundleWorker(entry: string, plugins: Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    plugins,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
  });
  return outputFiles[0]!.text;
}

/** Processes of workerd that this process started. */
function children(): string[] {
  try {
    return readdirSync('/proc').filter((id) => {
      if (!/^\d+$/.test(id)) return false;
      const [name, parent] = statOf(id);
      return name === 'workerd' && parent === String(process.pid);
    });
  } catch {
    return [];
  }
}

/** Name, parent, and the ticks of CPU in user and in system mode. */
function statOf(id: string): [name: string, parent: string, user: number, system: number] {
  try {
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
    const fields = rest.split(' ');
    return [name, fields[1]!, Number(fields[11]), Number(fields[12])];
  } catch {
    return ['', '', 0, 0];
  }
}

export async function startWorkerd(script: string, options: Partial<MiniflareOptions>): Promise<Workerd> {
  const before = children();
  const worker = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: script }],
    compatibilityDate: '2026-07-30',
    cf: false,
    ...options,
  } as MiniflareOptions);
  await worker.ready;
  const [id] = children().filter((child) => !before.includes(child));
  return {
    async ask(path) {
      const response = await worker.dispatchFetch(`http://worker${path}`);
      const answer = await response.text();
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${answer}`);
      return JSON.parse(answer);
    },
    peakMiB() {
      if (id === undefined) return undefined;
      return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]) / 1024;
    },
    cpuSeconds() {
      if (id === undefined) return undefined;
      const [, , user, system] = statOf(id);
      return (user + system) / 100;
    },
    dispose: () => worker.dispose(),
  };
}
