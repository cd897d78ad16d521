/**
 * `worker-transfer.ts PROGRAM JOB`: the job by that Worker in workerd (by Miniflare), with R2 in `folder` of the job. Prints
 * `{ seconds, peakMiB }` of workerd, which is R2, too, and what the Worker counted.
 */
import process from 'node:process';
import { Miniflare } from 'miniflare';
import type { Job } from './jobs.ts';
import { bundleWorker, pidOfWorkerd, statusOf } from './workerd.ts';

/** VmHWM of the process that Miniflare started. */
function peakOfWorkerd(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(statusOf(pidOfWorkerd()))![1]) / 1024;
}

const [program, text] = process.argv.slice(2) as [string, string];
const job = JSON.parse(text) as Job;
const worker = new Miniflare({
  modules: true,
  script: await bundleWorker(program),
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
