import { runtimes } from '../clients/index.ts';
import { cli, curlAndUnzip, hub, ours } from '../clients/jobs.ts';
import { checkFolder } from '../transfers/check.ts';
import { timeOf, transferReport } from '../transfers/report.ts';
import { runTransfer, type Transfer } from '../transfers/run.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

async function run(bench: Bench): Promise<Report> {
  const size = Math.round(2 ** 29 * bench.scale);
  const count = Math.round(2000 * bench.scale);
  const slug = `csv-${size}-${count}`;
  const archive = `csv/${size}/${count}/${slug}.zip`;
  const server = await bench.serve();
  await server.ask('object', { path: archive });
  const [kaggle, kagglehub, limit] = [cli(bench.scratch.folder), hub(bench.scratch.folder), curlAndUnzip()];
  const transfer: Transfer = {
    name: 'unzip-512m',
    runners: [kaggle, kagglehub, limit, ours.node, ours.deno, ours.bun].map((worker) => ({ worker })),
    // The archive, and what is in it.
    writes: size * 4.5,
    warmUp: true,
    job: { verb: 'unzip', owner: 'bench', slug, file: '', folder: '', packed: '' },
    check: checkFolder(archive, /^file\d+\.csv$/),
  };
  const results = await runTransfer(transfer, server, bench);
  return transferReport(transfer, results, {
    title: `Download and unzip ${size >> 20} MiB in ${count} entries`,
    text: 'CSV files, deflated to about 30 % of their size. All clients except kaggle-ts write the archive to disk first.',
    against: [kaggle, limit],
    bounds: runtimes.flatMap((runtime) =>
      timeOf(results, ours[runtime], kaggle, { must: { atMost: 1 }, aim: { atMost: 0.75 } }),
    ),
  });
}

export const unzip512m: Scenario = { name: 'unzip-512m', over: ['TLS', 'plain HTTP'], run };
