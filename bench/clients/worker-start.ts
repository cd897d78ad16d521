/**
 * `worker-start.ts SCRIPT`: starts workerd with a Worker and asks it once. Prints `{ seconds }` until the answer, of which
 * most is workerd's own: what a script costs is what it takes longer than an empty one.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Miniflare } from 'miniflare';

const contents = readFileSync(process.argv[2]!, 'utf8');
const started = performance.now();
const worker = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents }],
  compatibilityDate: '2026-07-30',
  cf: false,
});
const response = await worker.dispatchFetch('http://worker/');
const text = await response.text();
const seconds = (performance.now() - started) / 1000;
await worker.dispose();
if (text !== 'ready') throw new Error(`the worker answered ${response.status}: ${text}`);
console.log(JSON.stringify({ seconds }));
