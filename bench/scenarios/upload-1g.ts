import { cli, curl, hub, ours } from '../clients/jobs.ts';
import { writeMetadata } from '../scratch.ts';
import { checkUpload } from '../transfers/check.ts';
import { noticesWrongSums } from '../transfers/notices.ts';
import { timeOf, transferReport } from '../transfers/report.ts';
import { runTransfer, type Transfer } from '../transfers/run.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

async function run(bench: Bench): Promise<Report> {
  const size = Math.round(2 ** 30 * bench.scale);
  const source = bench.scratch.source(1, size);
  const server = await bench.serve();
  await server.ask('expect', source.files);
  const [kaggle, kagglehub, limit] = [cli(bench.scratch.folder), hub(bench.scratch.folder), curl()];
  const transfer: Transfer = {
    name: 'upload-1g',
    runners: [kaggle, kagglehub, limit, ours.node, ours.deno, ours.bun].map((worker) => ({ worker })),
    writes: 0,
    warmUp: true,
    job: { verb: 'upload', owner: 'bench', file: source.files[0]!.name, folder: source.folder, packed: source.packed },
    before: ({ owner, slug }) => writeMetadata(source, `${owner}/${slug}`),
    check: checkUpload(source),
  };
  const complaints = await noticesWrongSums([ours.node, ours.deno, ours.bun], server, bench);
  const results = await runTransfer(transfer, server, bench);
  const aim = { atMost: 1.3 };
  const report = transferReport(transfer, results, {
    title: `Upload of one file of ${size >> 20} MiB`,
    text: 'A new dataset of one file, without latency. kaggle-ts computes the checksum of what it sends and compares it with the one that the storage reports; the official clients compute none. curl: the PUT alone.',
    against: [kaggle, limit],
    bounds: [
      ...timeOf(results, ours.node, kaggle, { must: { atMost: 0.9 } }),
      ...timeOf(results, ours.deno, kaggle, { must: { atMost: 1 } }),
      ...timeOf(results, ours.bun, kaggle, { must: { atMost: 0.6 } }),
      ...timeOf(results, ours.node, limit, { aim }),
      ...timeOf(results, ours.deno, limit, { aim }),
      ...timeOf(results, ours.bun, limit, { aim }),
    ],
  });
  return { ...report, failed: [...complaints, ...(report.failed ?? [])] };
}

export const upload1g: Scenario = { name: 'upload-1g', over: ['TLS', 'plain HTTP'], run };
