import { runtimes } from '../clients/index.ts';
import { cli, hub, ours } from '../clients/jobs.ts';
import { writeMetadata } from '../scratch.ts';
import { checkUpload } from '../transfers/check.ts';
import { fasterThan, transferReport } from '../transfers/report.ts';
import { runTransfer, type Transfer } from '../transfers/run.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const bandwidth = 20;

async function run(bench: Bench): Promise<Report> {
  const size = Math.round((64 << 20) * bench.scale);
  const source = bench.scratch.source(4, size);
  const server = await bench.serve({ bandwidth });
  await server.ask('expect', source.files);
  const [kaggle, kagglehub] = [cli(bench.scratch.folder), hub(bench.scratch.folder)];
  const transfer: Transfer = {
    name: 'upload-4-capped',
    runners: [
      ...[kaggle, kagglehub].map((worker) => ({ worker, slow: 'few' as const })),
      ...runtimes.map((runtime) => ({ worker: ours[runtime] })),
    ],
    writes: 0,
    warmUp: false,
    job: { verb: 'upload', owner: 'bench', file: '', folder: source.folder, packed: source.packed },
    before: ({ owner, slug }) => writeMetadata(source, `${owner}/${slug}`),
    check: checkUpload(source),
  };
  const results = await runTransfer(transfer, server, bench);
  const wanted = { must: { atLeast: 3.5 }, aim: { atLeast: 4 } };
  return transferReport(transfer, results, {
    title: `Upload of 4 files of ${size >> 20} MiB, ${bandwidth} MB/s per connection`,
    text: 'The official clients send files in sequence and run in fewer rounds.',
    against: [kaggle, kagglehub],
    bounds: runtimes.flatMap((runtime) => [
      ...fasterThan(results, ours[runtime], kaggle, wanted),
      ...fasterThan(results, ours[runtime], kagglehub, wanted),
    ]),
  });
}

export const upload4Capped: Scenario = { name: 'upload-4-capped', over: ['TLS', 'plain HTTP'], run };
