import type { Job, Worker } from '../clients/jobs.ts';
import { run } from '../measure.ts';
import type { Bench } from '../scenarios/scenario.ts';
import type { Server } from '../server-process.ts';

/**
 * That an upload fails whose checksum at the storage is another one: else a time "with checksum" would mean nothing.
 * Answers what is to be complained about.
 */
export async function noticesWrongSums(workers: readonly Worker[], server: Server, bench: Bench): Promise<string[]> {
  const source = bench.scratch.source(1, (1 << 20) + 1);
  const [file] = source.files;
  await server.ask('expect', [{ ...file, crc32c: 'AAAAAA==', md5: 'AAAAAAAAAAAAAAAAAAAAAA==' }]);
  const complaints: string[] = [];
  for (const worker of workers) {
    const job: Job = {
      verb: 'upload',
      url: server.url,
      owner: 'bench',
      slug: 'wrong-sum',
      file: file!.name,
      folder: source.folder,
      packed: source.packed,
      out: bench.scratch.fresh(),
    };
    const problem = await run(worker, [JSON.stringify(job)], server.trust).then(
      () => 'it took a wrong checksum for a right one',
      ({ message }: Error) => (message.includes('IntegrityError') ? '' : message),
    );
    if (problem) complaints.push(`${worker.name}: ${problem}`);
    bench.say(`a wrong checksum: ${worker.name} ${problem || 'notices it'}`);
  }
  return complaints;
}
