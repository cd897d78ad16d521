import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Bound, bound } from '../bounds.ts';
import { type Client, javascript } from '../clients/index.ts';
import type { Job } from '../clients/jobs.ts';
import { median } from '../interval.ts';
import { run as runClient, type Sample } from '../measure.ts';
import type { Server } from '../server-process.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const verbs = ['download', 'upload'] as const;
/** What a Worker may make of subrequests in one invocation (of the paid plan). */
const budget = 1000;
const most = 3;
const file = 'data.bin';

/** A file into R2, and from there into a dataset: a fresh workerd for each, so that each has a peak of its own. */
async function roundTrip(client: Client, server: Server, bench: Bench, size: number, round: number): Promise<Sample[]> {
  const object = `random/${size}/${file}`;
  const { crc32c, md5 } = await server.ask<{ crc32c: string; md5: string }>('object', { path: object });
  await server.ask('expect', [{ name: file, size, crc32c, md5 }]);
  const folder = join(bench.scratch.folder, 'r2');
  mkdirSync(folder);
  bench.scratch.warm(size);
  const samples: Sample[] = [];
  for (const verb of verbs) {
    const slug = verb === 'upload' ? `worker-${size}-${round}` : `random-${size}`;
    const job: Job = { verb, url: server.url, owner: 'bench', slug, file, folder, packed: '', out: '' };
    const sample = await runClient(client, [JSON.stringify(job)]);
    samples.push(sample);
    bench.say(
      `workerd, round ${round + 1}: ${verb} of ${size >> 20} MiB ${sample.seconds!.toFixed(2)} s, ${sample.peakMiB!.toFixed(0)} MiB`,
    );
  }
  const [stored] = await server.ask<{ size: number }[]>('files', { ref: `bench/worker-${size}-${round}` });
  if (stored?.size !== size) throw new Error(`the Worker uploaded ${stored?.size} of ${size} bytes`);
  rmSync(folder, { recursive: true });
  return samples;
}

async function run(bench: Bench): Promise<Report> {
  const missing = existsSync('/proc/self/status') ? {} : { missing: 'no /proc that tells the memory of workerd' };
  const client: Client = { ...javascript('node', '', 'worker-transfer.ts'), name: 'workerd', ...missing };
  const rounds = Math.min(most, bench.rounds);
  const large = Math.round(2 ** 30 * bench.scale);
  const sizes = [64 << 20, large];
  const results = sizes.map((): Sample[][] => []);
  if (!client.missing) {
    const server = await bench.serve();
    for (let round = 0; round < rounds; round++) {
      for (const [index, size] of sizes.entries()) {
        results[index]!.push(await roundTrip(client, server, bench, size, round));
      }
    }
  }
  const rows: string[][] = [];
  const bounds: Bound[] = [];
  verbs.forEach((verb, which) => {
    if (client.missing) return;
    const [low, high] = results.map((list) => list.map((samples) => samples[which]!)) as [Sample[], Sample[]];
    [low, high].forEach((samples, index) => {
      const of = (name: string) => median(samples.map((sample) => sample[name]!));
      rows.push([
        `${verb} of ${sizes[index]! >> 20} MiB`,
        of('seconds').toFixed(2),
        of('peakMiB').toFixed(0),
        of('requests').toFixed(0),
        of('operations').toFixed(0),
        of('atOnce').toFixed(0),
      ]);
    });
    const all = (name: string) => high.map((sample) => sample[name]!);
    const more = high.map(({ peakMiB }, round) => peakMiB! - low[round]!.peakMiB!);
    const total = high.map(({ requests, operations }) => requests! + operations!);
    const size = `${verb} of ${large >> 20} MiB`;
    bounds.push(
      bound(`${size}: peak above that for 64 MiB`, more, { must: { atMost: 32 }, unit: ' MiB' }),
      bound(`${size}: at once`, all('atOnce'), { must: { atMost: 6 } }),
      bound(`${size}: subrequests`, total, { must: { atMost: budget } }),
    );
  });
  return {
    title: 'A Worker with object storage',
    text: `A file of a dataset into R2, and from R2 into a dataset, in workerd by Miniflare; ${rounds} rounds, medians. The peak is that of workerd, in which Miniflare runs R2, too; both directions are verified by CRC-32C. Requests and operations on R2 are what Cloudflare counts as subrequests (${budget} a call on the paid plan); at once: those that wait for an answer.`,
    head: ['job', 'seconds', 'peak MiB', 'requests', 'operations on R2', 'at once'],
    rows,
    bounds,
    skipped: client.missing ? [client] : [],
  };
}

export const workerd: Scenario = { name: 'workerd', run };
