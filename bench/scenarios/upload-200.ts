import { runtimes } from '../clients/index.ts';
import { cli, hub, ours } from '../clients/jobs.ts';
import { writeMetadata } from '../scratch.ts';
import { checkUpload } from '../transfers/check.ts';
import { fasterThan, transferReport } from '../transfers/report.ts';
import { runTransfer, type Transfer } from '../transfers/run.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const latencyMs = 50;
const count = 200;
const size = 256 << 10;

async function run(bench: Bench): Promise<Report> {
  const source = bench.scratch.source(count, size);
  const server = await bench.serve({ latencyMs });
  await server.ask('expect', source.files);
  const [kaggle, kagglehub] = [cli(bench.scratch.folder), hub(bench.scratch.folder)];
  const transfer: Transfer = {
    name: 'upload-200',
    runners: [
      { worker: kaggle, slow: 'few' },
      ...[kagglehub, ours.node, ours.deno, ours.bun].map((worker) => ({ worker })),
    ],
    writes: 0,
    warmUp: true,
    job: { verb: 'upload', owner: 'bench', file: '', folder: source.folder, packed: source.packed },
    before: ({ owner, slug }) => writeMetadata(source, `${owner}/${slug}`),
    check: checkUpload(source),
  };
  const results = await runTransfer(transfer, server, bench);
  return transferReport(transfer, results, {
    title: `Upload of ${count} files of 256 KiB, ${latencyMs} ms per request`,
    text: 'A dataset, uploaded file by file. The CLI sends files in sequence and runs in fewer rounds. kagglehub sends more than 50 files as one archive, which the table shows but no bound compares.',
    against: [kaggle, kagglehub],
    bounds: runtimes.flatMap((runtime) =>
      fasterThan(results, ours[runtime], kaggle, { must: { atLeast: 12 }, aim: { atLeast: 20 } }),
    ),
  });
}

export const upload200: Scenario = { name: 'upload-200', over: ['TLS', 'plain HTTP'], run };
