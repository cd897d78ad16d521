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

interface Peer {
  client: Client;
  /** By size, then round, then verb. */
  samples: Sample[][][];
}

/** A file into R2, and from there into a dataset: a fresh workerd for each, so that each has a peak of its own. */
async function roundTrip(
  client: Client,
  bare: Client,
  server: Server,
  bench: Bench,
  size: number,
  ref: string,
): Promise<Sample[]> {
  const object = `random/${size}/${file}`;
  const { crc32c, md5 } = await server.ask<{ crc32c: string; md5: string }>('object', { path: object });
  await server.ask('expect', [{ name: file, size, crc32c, md5 }]);
  const folder = join(bench.scratch.folder, 'r2');
  mkdirSync(folder);
  bench.scratch.warm(size);
  const samples: Sample[] = [];
  const carryOut = (by: Client, verb: (typeof verbs)[number]) => {
    const slug = verb === 'upload' ? ref : `random-${size}`;
    const job: Job = { verb, url: server.url, owner: 'bench', slug, file, folder, packed: '', out: '' };
    return runClient(by, [JSON.stringify(job)], server.trust);
  };
  for (const verb of verbs) {
    if (verb === 'upload') {
      // An object of one put, as most are: one that came in parts is put together by Miniflare in JavaScript.
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      await carryOut(bare, 'download');
    }
    const sample = await carryOut(client, verb);
    samples.push(sample);
    const [seconds, peak] = [sample.seconds!.toFixed(2), sample.peakMiB!.toFixed(0)];
    bench.say(`workerd: ${client.name}, ${verb} of ${size >> 20} MiB ${seconds} s, ${peak} MiB`);
  }
  const [stored] = await server.ask<{ size: number }[]>('files', { ref: `bench/${ref}` });
  if (stored?.size !== size) throw new Error(`the Worker uploaded ${stored?.size} of ${size} bytes`);
  rmSync(folder, { recursive: true });
  return samples;
}

function row(name: string, samples: readonly Sample[]): string[] {
  const of = (value: string, digits = 0) =>
    samples[0]![value] === undefined ? '' : median(samples.map((sample) => sample[value]!)).toFixed(digits);
  return [name, of('seconds', 2), of('peakMiB'), of('requests'), of('operations'), of('atOnce')];
}

async function run(bench: Bench): Promise<Report> {
  const missing = existsSync('/proc/self/status') ? {} : { missing: 'no /proc that tells the memory of workerd' };
  const peer = (name: string, program: string): Peer => {
    // The heap that a Worker has on Cloudflare.
    const env = { MINIFLARE_WORKERD_V8_FLAGS: '--max-heap-size=128' };
    const client = { ...javascript('node', '', 'worker-transfer.ts', program), name, env, ...missing };
    return { client, samples: [[], []] };
  };
  const ours = peer('kaggle-ts', 'worker-program.mjs');
  const bare = peer('without kaggle-ts', 'worker-bare.mjs');
  const peers = [ours, bare];
  const rounds = Math.min(most, bench.rounds);
  const large = Math.round(2 ** 30 * bench.scale);
  const sizes = [64 << 20, large];
  const rows: string[][] = [];
  const bounds: Bound[] = [];
  if (!ours.client.missing) {
    const server = await bench.serve();
    for (let round = 0; round < rounds; round++) {
      for (const [index, size] of sizes.entries()) {
        for (const [which, { client, samples }] of peers.entries()) {
          samples[index]!.push(
            await roundTrip(client, bare.client, server, bench, size, `worker-${size}-${round}-${which}`),
          );
        }
      }
    }
    verbs.forEach((verb, which) => {
      for (const { client, samples } of peers) {
        samples.forEach((list, index) => {
          const name = `${client.name}: ${verb} of ${sizes[index]! >> 20} MiB`;
          rows.push(
            row(
              name,
              list.map((round) => round[which]!),
            ),
          );
        });
      }
      const [low, high] = ours.samples.map((list) => list.map((round) => round[which]!)) as [Sample[], Sample[]];
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
  }
  return {
    title: 'A Worker with object storage',
    text: `A file of a dataset into R2, and from R2 into a dataset, in workerd by Miniflare; ${rounds} rounds, medians. The peak is that of workerd, which also runs Miniflare's R2, with a heap of 128 MiB as on Cloudflare. Both directions are verified by CRC-32C. Cloudflare counts requests and R2 operations as subrequests; "at once" is the number that wait for a response. Without kaggle-ts: what workerd and R2 need for one request and one operation, without a checksum.`,
    head: ['job', 'seconds', 'peak MiB', 'requests', 'operations on R2', 'at once'],
    rows,
    bounds,
    skipped: ours.client.missing ? [ours.client] : [],
  };
}

export const workerd: Scenario = { name: 'workerd', over: ['TLS'], run };
