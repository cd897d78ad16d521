import type { Job, Worker } from '../clients/jobs.ts';
import { run, type Sample } from '../measure.ts';
import type { Bench } from '../scenarios/scenario.ts';
import type { Server } from '../server-process.ts';

/** One client of a transfer scenario. */
export interface Runner {
  worker: Worker;
  /** Rounds that it takes part in: one that takes half a minute need not run in all of them. */
  rounds?: number;
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

export type Results = Map<Worker, Counted[]>;

/** Runs all clients in turned order in each round, checks what they did, and answers what was measured of each. */
export async function runTransfer(transfer: Transfer, server: Server, bench: Bench): Promise<Results> {
  const present = transfer.runners.filter(({ worker }) => !worker.missing);
  const results: Results = new Map(present.map(({ worker }) => [worker, []]));
  const first = transfer.warmUp ? -1 : 0;
  for (let round = first; round < bench.rounds; round++) {
    const thorough = round === first;
    await server.ask('check', { on: thorough });
    for (let turn = 0; turn < present.length; turn++) {
      const runner = present[(turn + round + present.length) % present.length]!;
      const { worker } = runner;
      if (round >= Math.min(bench.rounds, runner.rounds ?? bench.rounds)) continue;
      if (round < 0 && runner.rounds !== undefined) continue;
      const slug = transfer.job.slug ?? `${transfer.name}-${round + 1}-${turn}`;
      const job: Job = { ...transfer.job, slug, url: server.url, out: bench.scratch.fresh() };
      transfer.before?.(job);
      bench.scratch.warm(transfer.writes);
      const args = worker.prepare ? await worker.prepare(job, server) : [JSON.stringify(job)];
      await server.ask('counters');
      const sample = await run(worker, args);
      const counters = await server.ask<Omit<Counted, keyof Sample>>('counters');
      const where = `${transfer.name}, ${round < 0 ? 'warm-up' : `round ${round + 1} of ${bench.rounds}`}: ${worker.name}`;
      await transfer.check({ job, runner, thorough }, server).catch((error: Error) => {
        throw new Error(`${where}: ${error.message}`);
      });
      bench.say(`${where} ${sample.wallSeconds!.toFixed(2)} s, ${sample.peakMiB?.toFixed(0)} MiB`);
      if (round >= 0) results.get(worker)!.push({ ...sample, ...counters } as Counted);
    }
  }
  bench.scratch.fresh();
  return results;
}
