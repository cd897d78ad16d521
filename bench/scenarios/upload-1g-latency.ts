import { runtimes } from '../clients/index.ts';
import { longPut, ours } from '../clients/jobs.ts';
import { checkUpload } from '../transfers/check.ts';
import { timeOf, transferReport } from '../transfers/report.ts';
import { runTransfer, type Transfer } from '../transfers/run.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const latencyMs = 50;

async function run(bench: Bench): Promise<Report> {
  const size = Math.round(2 ** 30 * bench.scale);
  const source = bench.scratch.source(1, size);
  const server = await bench.serve({ latencyMs });
  await server.ask('expect', source.files);
  const workers = runtimes.flatMap((runtime) => [ours[runtime], longPut[runtime]]);
  const transfer: Transfer = {
    name: 'upload-1g-latency',
    runners: workers.map((worker) => ({ worker })),
    writes: 0,
    warmUp: true,
    job: { verb: 'upload', owner: 'bench', file: '', folder: source.folder, packed: source.packed },
    check: checkUpload(source),
  };
  const results = await runTransfer(transfer, server, bench);
  return transferReport(transfer, results, {
    title: `Upload of one file of ${size >> 20} MiB, ${latencyMs} ms per request`,
    text: 'The same upload, compared with the minimum that the same runtime needs: a session, one long PUT by the fastest method (node:http on Node and Deno, a file as the body of fetch on Bun), and the call that creates the dataset, without a checksum.',
    against: [],
    bounds: runtimes.flatMap((runtime) =>
      timeOf(results, ours[runtime], longPut[runtime], { must: { atMost: 1.15 }, aim: { atMost: 1 } }),
    ),
  });
}

export const upload1gLatency: Scenario = { name: 'upload-1g-latency', over: ['TLS', 'plain HTTP'], run };
