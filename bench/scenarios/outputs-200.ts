import { runtimes } from '../clients/index.ts';
import { cli, hub, ours } from '../clients/jobs.ts';
import { checkFolder } from '../transfers/check.ts';
import { fasterThan, timeOf, transferReport } from '../transfers/report.ts';
import { runTransfer, type Transfer } from '../transfers/run.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const latencyMs = 50;
const count = 200;
const size = 64 << 10;

async function run(bench: Bench): Promise<Report> {
  const slug = `files-${count}-${size}`;
  const archive = `outputs/${count}/${size}/${slug}.zip`;
  const server = await bench.serve({ latencyMs });
  await server.ask('object', { path: archive });
  const [kaggle, kagglehub] = [cli(bench.scratch.folder), hub(bench.scratch.folder)];
  const transfer: Transfer = {
    name: 'outputs-200',
    runners: [
      { worker: kaggle, slow: 'few' },
      ...[kagglehub, ours.node, ours.deno, ours.bun].map((worker) => ({ worker })),
    ],
    writes: 0,
    warmUp: true,
    job: { verb: 'outputs', owner: 'bench', slug, file: '', folder: '', packed: '' },
    check: checkFolder(archive, /^f\d+\.bin$/),
  };
  const results = await runTransfer(transfer, server, bench);
  return transferReport(transfer, results, {
    title: `${count} output files of a kernel, 64 KiB each, ${latencyMs} ms per request`,
    text: 'The CLI downloads files in sequence and runs in fewer rounds; kagglehub downloads one archive.',
    against: [kaggle, kagglehub],
    bounds: runtimes.flatMap((runtime) => [
      ...fasterThan(results, ours[runtime], kaggle, { must: { atLeast: 13 } }),
      ...timeOf(results, ours[runtime], kagglehub, { aim: { atMost: 1 } }),
    ]),
  });
}

export const outputs200: Scenario = { name: 'outputs-200', over: ['TLS', 'plain HTTP'], run };
