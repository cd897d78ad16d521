import { bound } from '../bounds.ts';
import { type Client, javascript, kagglesdk, runtimes } from '../clients/index.ts';
import { interleave, middle } from '../measure.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const limit = 0.2;

async function run({ serve, rounds, say }: Bench): Promise<Report> {
  const { url } = await serve();
  const ours = runtimes.map((runtime) => javascript(runtime, 'kaggle-ts', 'rpc.mjs', 'kaggle-ts', runtime, url));
  const raw = runtimes.map((runtime) => javascript(runtime, 'bare fetch', 'rpc.mjs', 'fetch', runtime, url));
  const sdk = { ...kagglesdk('kagglesdk_rpc.py') };
  sdk.args = [...sdk.args, url];
  const all: Client[] = [sdk, ...ours, ...raw];
  const present = all.filter((client) => !client.missing);
  // The first round only fills the caches of the disk and of Deno's compiler.
  await interleave(present, 1, ['1', '0']);
  const results = await interleave(present, rounds, ['1', '0'], (round, { name }, sample) =>
    say(`cold start, round ${round + 1} of ${rounds}: ${name} ${sample.wallSeconds!.toFixed(3)} s`),
  );
  const rows = present.map((client) => {
    const { wallSeconds, peakMiB } = middle(results.get(client)!);
    return [client.name, wallSeconds!.toFixed(3), peakMiB!.toFixed(0)];
  });
  return {
    title: 'Cold start with one call',
    text: `From the start to the end of a process that makes one GetKernelSessionStatus call; ${rounds} rounds, medians.`,
    head: ['client', 'seconds', 'peak MiB'],
    rows,
    bounds: ours.map((client) => {
      const seconds = results.get(client)!.map(({ wallSeconds }) => wallSeconds!);
      return bound(client.name, seconds, { must: { atMost: limit }, unit: ' s' });
    }),
    skipped: all.filter((client) => client.missing),
  };
}

export const coldStart: Scenario = { name: 'cold-start', over: ['plain HTTP'], run };
