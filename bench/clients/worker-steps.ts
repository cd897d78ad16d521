/**
 * `worker-steps.ts BYTES JOBS`: takes the steps of jobs in workerd (by Miniflare), each in an invocation of its own, with the emulator in
 * this process. Prints `{ samples }`, a list of `{ step, cpu, requests, operations, bare }`: the CPU time of workerd in ms, and that of an
 * invocation that makes as many requests without kaggle-ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { scriptedExecutor, serveEmulator } from 'kaggle-ts/testing';
import { Miniflare } from 'miniflare';
import { bundleWorker, pidOfWorkerd } from './workerd.ts';

const [bytes, jobs] = process.argv.slice(2).map(Number) as [number, number];
const MiB = 2 ** 20;

/** CPU time of all threads of the workerd that this process started, in ms. The kernel counts it in ns. */
function cpuOf(pid: string): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]));
  return ns.reduce((sum, one) => sum + one, 0) / 1e6;
}

const output = { 'model.bin': 9 * MiB, 'metrics.json': 2000, 'plot.png': 50_000 };
const executor = scriptedExecutor(() => ({
  files: Object.entries(output).map(([name, size]) => ({ name, data: new Uint8Array(size) })),
}));
const served = await serveEmulator({ executor, lag: 10, processing: 10 });
const worker = new Miniflare({
  modules: true,
  script: await bundleWorker('steps-worker.ts'),
  compatibilityDate: '2026-07-30',
  cf: false,
});
await worker.ready;
const pid = pidOfWorkerd();

interface Answer {
  turn: { state: { step: string; wake?: number; error?: { message: string } }; pause: number; done?: boolean };
  requests: number;
  operations: number;
}

async function ask(body: object): Promise<Answer> {
  const response = await worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Answer;
}

/** CPU time of an invocation, in ms, and what it returned. */
async function measure(body: object): Promise<Answer & { cpu: number }> {
  const before = cpuOf(pid);
  const answer = await ask(body);
  return { ...answer, cpu: cpuOf(pid) - before };
}

const samples: object[] = [];
for (let job = 0; job < jobs; job++) {
  const sizes = { 'large.bin': 5 * MiB, 'a.csv': 20_000, 'b.csv': 20_000 };
  let { turn } = await ask({ name: `bench-${job}`, sizes });
  while (!turn.done) {
    await setTimeout(Math.min(1000, turn.pause * 1000));
    const { step } = turn.state;
    const { cpu, requests, operations, ...answer } = await measure({ state: turn.state, url: served.url, bytes });
    turn = answer.turn;
    if (requests === 0) continue;
    const bare = await measure({ bare: requests, url: served.url });
    // The first job warms up.
    if (job > 0) samples.push({ step, cpu, requests, operations, bare: bare.cpu });
  }
  if (turn.state.error) throw new Error(turn.state.error.message);
}
await worker.dispose();
await served.close();
console.log(JSON.stringify({ samples }));
