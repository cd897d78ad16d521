/**
 * `worker-transfer.ts PROGRAM JOB`: the job by that Worker in workerd (by Miniflare), with R2 in `folder` of the job. Prints
 * `{ seconds, peakMiB }` of workerd, which is R2, too, and what the Worker counted.
 */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { here, root } from './index.ts';
import type { Job } from './jobs.ts';

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

/** VmHWM of the process that Miniflare started. */
function peakOfWorkerd(): number {
  const ours = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statusOf)
    .filter((status) => /^Name:\s+workerd$/m.test(status) && new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(status));
  if (ours.length !== 1) throw new Error(`${ours.length} processes of workerd were found`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(ours[0]!)![1]) / 1024;
}

const [program, text] = process.argv.slice(2) as [string, string];
const job = JSON.parse(text) as Job;
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
const worker = new Miniflare({
  modules: true,
  script: outputFiles[0]!.text,
  compatibilityDate: '2026-07-30',
  cf: false,
  r2Buckets: ['BUCKET'],
  r2Persist: job.folder,
});
await worker.ready;
const started = performance.now();
const response = await worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify(job) });
const answer = await response.text();
const seconds = (performance.now() - started) / 1000;
const peakMiB = peakOfWorkerd();
await worker.dispose();
if (!response.ok) throw new Error(`the worker answered ${response.status}: ${answer}`);
console.log(JSON.stringify({ ...JSON.parse(answer), seconds, peakMiB }));
