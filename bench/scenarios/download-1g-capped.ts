import { runtimes } from '../clients/index.ts';
import { cli, hub, ours } from '../clients/jobs.ts';
import { checkFile } from '../transfers/check.ts';
import { fasterThan, transferReport } from '../transfers/report.ts';
import { runTransfer, type Transfer } from '../transfers/run.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const bandwidth = 30;

async function run(bench: Bench): Promise<Report> {
  const size = Math.round(2 ** 30 * bench.scale);
  const file = 'data.bin';
  const object = `random/${size}/${file}`;
  const server = await bench.serve({ bandwidth });
  await server.ask('object', { path: object });
  const [kaggle, kagglehub] = [cli(bench.scratch.folder), hub(bench.scratch.folder)];
  const transfer: Transfer = {
    name: 'download-1g-capped',
    runners: [
      { worker: kaggle, slow: 'few' },
      { worker: kagglehub, slow: 'once' },
      ...runtimes.map((runtime) => ({ worker: ours[runtime] })),
    ],
    writes: size,
    warmUp: false,
    job: { verb: 'download', owner: 'bench', slug: `random-${size}`, file, folder: '', packed: '' },
    check: checkFile(object),
  };
  const results = await runTransfer(transfer, server, bench);
  return transferReport(transfer, results, {
    title: `Download of one file of ${size >> 20} MiB, ${bandwidth} MB/s per connection`,
    text: 'kaggle-ts verifies CRC-32C. The official clients use one connection and run in fewer rounds.',
    against: [kaggle],
    bounds: runtimes.flatMap((runtime) =>
      fasterThan(results, ours[runtime], kaggle, { must: { atLeast: 6 }, aim: { atLeast: 7.5 } }),
    ),
  });
}

export const download1gCapped: Scenario = { name: 'download-1g-capped', over: ['TLS', 'plain HTTP'], run };
