import { cli, curl, hub, ours } from '../clients/jobs.ts';
import { checkFile } from '../transfers/check.ts';
import { timeOf, transferReport } from '../transfers/report.ts';
import { runTransfer, type Transfer } from '../transfers/run.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

async function run(bench: Bench): Promise<Report> {
  const size = Math.round(2 ** 30 * bench.scale);
  const file = 'data.bin';
  const object = `random/${size}/${file}`;
  const server = await bench.serve();
  await server.ask('object', { path: object });
  const [kaggle, kagglehub, limit] = [cli(bench.scratch.folder), hub(bench.scratch.folder), curl()];
  const transfer: Transfer = {
    name: 'download-1g',
    runners: [kaggle, kagglehub, limit, ours.node, ours.deno, ours.bun].map((worker) => ({ worker })),
    writes: size,
    warmUp: true,
    job: { verb: 'download', owner: 'bench', slug: `random-${size}`, file, folder: '', packed: '' },
    check: checkFile(object),
  };
  const results = await runTransfer(transfer, server, bench);
  const aim = { atMost: 1 };
  return transferReport(transfer, results, {
    title: `Download of one file of ${size >> 20} MiB`,
    text: 'Without latency, into a folder. kaggle-ts verifies CRC-32C while it writes, kagglehub reads the file again for its MD5, the CLI and curl verify nothing.',
    against: [kaggle, kagglehub, limit],
    bounds: [
      ...timeOf(results, ours.node, kagglehub, { must: { atMost: 1 } }),
      ...timeOf(results, ours.deno, kaggle, { must: { atMost: 1.2 }, aim }),
      ...timeOf(results, ours.bun, kaggle, { must: { atMost: 1.2 }, aim }),
      ...timeOf(results, ours.node, kaggle, { aim }),
    ],
  });
}

export const download1g: Scenario = { name: 'download-1g', over: ['TLS', 'plain HTTP'], run };
