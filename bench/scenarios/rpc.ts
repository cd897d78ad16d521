import { type Bound, bound } from '../bounds.ts';
import { type Client, curl, javascript, kagglesdk, type Runtime, runtimes } from '../clients/index.ts';
import { median, ratios } from '../interval.ts';
import { interleave, middle, type Sample } from '../measure.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const calls = 2000;
const warmUp = 200;
const limits: Record<Runtime, number> = { node: 1.2, deno: 0.7, bun: 0.7 };

const seconds = (samples: readonly Sample[]) => samples.map((sample) => sample.seconds!);

async function run({ serve, rounds, say }: Bench): Promise<Report> {
  const { url } = await serve();
  const ours = runtimes.map((runtime) => javascript(runtime, 'kaggle-ts', 'rpc.mjs', 'kaggle-ts', runtime, url));
  const raw = runtimes.map((runtime) => javascript(runtime, 'bare fetch', 'rpc.mjs', 'fetch', runtime, url));
  const sdk = { ...kagglesdk('kagglesdk_rpc.py') };
  sdk.args = [...sdk.args, url];
  const all: Client[] = [sdk, ...ours, ...raw, curl(url)];
  const present = all.filter((client) => !client.missing);
  const results = await interleave(present, rounds, [String(calls), String(warmUp)], (round, { name }, sample) =>
    say(`rpc, round ${round + 1} of ${rounds}: ${name} ${sample.seconds!.toFixed(2)} s`),
  );
  const theirs = results.get(sdk);
  const bareFetch = (client: Client) => raw[ours.indexOf(client)];
  const times = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(2)}`);
  const rows = present.map((client) => {
    const samples = results.get(client)!;
    const { seconds: total, cpuSeconds, peakMiB } = middle(samples);
    const limit = bareFetch(client);
    return [
      client.name,
      ((total! / calls) * 1000).toFixed(3),
      cpuSeconds === undefined ? '' : ((cpuSeconds / calls) * 1000).toFixed(3),
      times(theirs && median(ratios(seconds(samples), seconds(theirs)))),
      times(limit && median(ratios(seconds(samples), seconds(results.get(limit)!)))),
      peakMiB?.toFixed(0) ?? '',
    ];
  });
  const bounds: Bound[] = theirs
    ? runtimes.map((runtime, index) =>
        bound(`${ours[index]!.name}: time / kagglesdk`, ratios(seconds(results.get(ours[index]!)!), seconds(theirs)), {
          must: { atMost: limits[runtime] },
        }),
      )
    : [];
  return {
    title: 'Warm RPCs',
    text: `${calls} calls of GetKernelSessionStatus in sequence, after ${warmUp} to warm up. Each client is a new process; ${rounds} rounds, in rotating order. Medians; ratios are medians of the ratios within a round. kaggle-ts: the typed call through \`createClient\`, from \`dist\`.`,
    head: ['client', 'ms per call', 'CPU ms per call', 'time / kagglesdk', 'time / bare fetch', 'peak MiB'],
    rows,
    bounds,
    skipped: all.filter((client) => client.missing),
  };
}

export const rpc: Scenario = { name: 'rpc', over: ['plain HTTP'], run };
