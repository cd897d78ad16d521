import type { Job, Worker } from '../clients/jobs.ts';
import { run, type Sample } from '../measure.ts';
import type { Bench } from '../scenarios/scenario.ts';
import type { Server } from '../server-process.ts';

/** One client of a transfer scenario. */
export interface Runner {
  worker: Worker;
  /** It takes half a minute or so, and runs in a few rounds; once, when nothing is compared with it. */
  slow?: 'few' | 'once';
}

export interface Round {
  job: Job;
  runner: Runner;
  /** Whether content is to be checked, too, and not only names and sizes. */
  thorough: boolean;
}

/** A scenario: what each client is told to do, and how its work is checked. */
export interface Transfer {
  name: string;
  runners: readonly Runner[];
  /** Bytes that a run writes to the disk; in memory these are found beforehand. */
  writes: number;
  /** One round that is not counted comes first: with short runs it would be the one that pays for cold caches. */
  warmUp: boolean;
  job: Omit<Job, 'url' | 'out' | 'slug'> & { slug?: string };
  /** Before each run. */
  before?(job: Job): void;
  /** Throws when the work was not done. */
  check(round: Round, server: Server): Promise<void>;
}

export interface Counted extends Sample {
  requests: number;
  peak: number;
  connections: number;
}

export interface Results extends Map<Worker, Counted[]> {
  /** Clients that could not do the job, and what they said; they have no samples. */
  readonly failed: Map<Worker, string>;
}

/** Runs all clients in turned order in each round, checks what they did, and answers what was measured of each. */
export async function runTransfer(transfer: Transfer, server: Server, bench: Bench): Promise<Results> {
  const present = transfer.runners.filter(({ worker }) => !worker.missing);
  const samples = new Map<Worker, Counted[]>(present.map(({ worker }) => [worker, []]));
  const results: Results = Object.assign(samples, { failed: new Map<Worker, string>() });
  const first = transfer.warmUp ? -1 : 0;
  for (let round = first; round < bench.rounds; round++) {
    await server.ask('check', { on: round === first });
    for (let turn = 0; turn < present.length; turn++) {
      const runner = present[(turn + round + present.length) % present.length]!;
      const { worker } = runner;
      if (
        results.failed.has(worker) ||
        (runner.slow && (round < 0 || round >= (runner.slow === 'once' ? 1 : bench.slowRounds)))
      )
        continue;
      const where = `${transfer.name}, ${round < 0 ? 'warm-up' : `round ${round + 1} of ${bench.rounds}`}: ${worker.name}`;
      try {
        const slug = transfer.job.slug ?? `upload-${round + 1}-${turn}`;
        const job: Job = { ...transfer.job, slug, url: server.url, out: bench.scratch.fresh() };
        const sample = await runOne(transfer, { job, runner, thorough: round === first }, server, bench);
        bench.say(`${where} ${sample.wallSeconds!.toFixed(2)} s, ${sample.peakMiB?.toFixed(0)} MiB`);
        if (round >= 0) results.get(worker)!.push(sample);
      } catch (error) {
        bench.say(`${where} FAILED: ${(error as Error).message}`);
        results.failed.set(worker, reason(error as Error));
        results.delete(worker);
      }
    }
  }
  bench.scratch.fresh();
  return results;
}

/** The line of a complaint that says most. */
function reason({ message }: Error): string {
  const lines = message.split('\n').map((line) => line.trim());
  return lines.find((line) => /^(\w+: )?\w*(Error|Exception)\b/.test(line)) ?? lines[0]!;
}

async function runOne(transfer: Transfer, round: Round, server: Server, bench: Bench): Promise<Counted> {
  const { job, runner } = round;
  transfer.before?.(job);
  bench.scratch.warm(transfer.writes);
  const args = runner.worker.prepare ? await runner.worker.prepare(job, server) : [JSON.stringify(job)];
  await server.ask('counters');
  const sample = await run(runner.worker, args, server.trust);
  const counters = await server.ask<Omit<Counted, keyof Sample>>('counters');
  await transfer.check(round, server);
  return { ...sample, ...counters } as Counted;
}
