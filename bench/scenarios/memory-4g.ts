import { type Bound, bound } from '../bounds.ts';
import { type Runtime, runtimes } from '../clients/index.ts';
import { ours } from '../clients/jobs.ts';
import { median } from '../interval.ts';
import { checkFile, checkUpload } from '../transfers/check.ts';
import { failures } from '../transfers/report.ts';
import { type Results, runTransfer, type Transfer } from '../transfers/run.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const limits: Record<Runtime, number> = { node: 200, deno: 150, bun: 100 };
/** The peak varies little, and each round moves 30 GiB. */
const most = 3;

async function measure(bench: Bench, verb: 'upload' | 'download', size: number): Promise<Results> {
  const file = 'data.bin';
  const object = `random/${size}/${file}`;
  const source = verb === 'upload' ? bench.scratch.source(1, size) : undefined;
  const server = await bench.serve();
  if (source) await server.ask('expect', source.files);
  else await server.ask('object', { path: object });
  const transfer: Transfer = {
    name: `memory-4g, ${verb} of ${size / 2 ** 20} MiB`,
    runners: runtimes.map((runtime) => ({ worker: ours[runtime] })),
    writes: source ? 0 : size,
    warmUp: false,
    job: {
      verb,
      owner: 'bench',
      ...(!source && { slug: `random-${size}` }),
      file,
      folder: source?.folder ?? '',
      packed: source?.packed ?? '',
    },
    check: source ? checkUpload(source) : checkFile(object),
  };
  const results = await runTransfer(transfer, server, { ...bench, rounds: Math.min(most, bench.rounds) });
  server.stop();
  if (source && size > 2 ** 30) bench.scratch.drop(source);
  return results;
}

async function run(bench: Bench): Promise<Report> {
  const small = Math.round(2 ** 30 * bench.scale);
  const large = small * 4;
  const sizes = [small, large].map((size) => `${size / 2 ** 20} MiB`);
  const bounds: Bound[] = [];
  const rows: string[][] = [];
  const failed: string[] = [];
  for (const verb of ['upload', 'download'] as const) {
    const [one, four] = [await measure(bench, verb, small), await measure(bench, verb, large)];
    failed.push(...failures(one), ...failures(four));
    for (const runtime of runtimes) {
      const worker = ours[runtime];
      if (!one.has(worker) || !four.has(worker)) continue;
      const peaks = [one, four].map((results) => results.get(worker)!.map(({ peakMiB }) => peakMiB!));
      const [low, high] = peaks as [number[], number[]];
      rows.push([`${worker.name}, ${verb}`, median(low).toFixed(0), median(high).toFixed(0)]);
      const limit = limits[runtime];
      const wanted = { must: { atMost: limit }, aim: { atMost: limit / 2 }, unit: ' MiB' };
      bounds.push(bound(`${worker.name}: ${verb} of ${sizes[0]}`, low, wanted));
      const grows = high.map((value) => value / median(low));
      bounds.push(bound(`${worker.name}: ${verb} of ${sizes[1]} / ${sizes[0]}`, grows, { must: { atMost: 1.1 } }));
    }
  }
  return {
    title: 'Peak memory by size',
    text: `Peak memory of the process in MiB, medians of ${Math.min(most, bench.rounds)} rounds; the runtime itself takes about 60 on Node, 45 on Deno, 35 on Bun.`,
    head: ['client', ...sizes],
    rows,
    bounds,
    skipped: [],
    failed,
  };
}

export const memory4g: Scenario = { name: 'memory-4g', over: ['TLS'], run };
