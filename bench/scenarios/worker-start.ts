import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bound } from '../bounds.ts';
import { javascript, root } from '../clients/index.ts';
import { median } from '../interval.ts';
import { interleave } from '../measure.ts';
import type { Bench, Report, Scenario } from './scenario.ts';

const limit = 50;

const answer = `export default { fetch: () => new Response('ready') };`;
const one = `import { createClient } from 'kaggle-ts';
import { getKernelSessionStatus } from 'kaggle-ts/services/kernels';
const client = createClient({ token: 'KGAT_test' });
globalThis.status = (request) => client.call(getKernelSessionStatus, request);
${answer}`;
const verbs = `import { createKaggle } from 'kaggle-ts';
globalThis.kaggle = createKaggle({ token: 'KGAT_test' });
${answer}`;

async function bundle(program: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    target: 'es2024',
    external: ['node:*'],
  });
  return outputFiles[0]!.text;
}

async function run({ rounds, say }: Bench): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-bench-'));
  try {
    const scripts = { 'an empty Worker': answer, 'createClient and one method': one, 'createKaggle, all verbs': verbs };
    const clients = await Promise.all(
      Object.entries(scripts).map(async ([name, program], index) => {
        const file = join(folder, `${index}.mjs`);
        writeFileSync(file, await bundle(program));
        return { ...javascript('node', '', 'worker-start.ts', file), name };
      }),
    );
    await interleave(clients, 1, []);
    const results = await interleave(clients, rounds, [], (round, { name }, { seconds }) =>
      say(`worker start, round ${round + 1} of ${rounds}: ${name} ${seconds!.toFixed(3)} s`),
    );
    const times = clients.map((client) => results.get(client)!.map(({ seconds }) => seconds! * 1000));
    const more = times.map((own) => own.map((value, round) => value - times[0]![round]!));
    return {
      title: 'Start of a Worker',
      text: `From the start of workerd (by Miniflare) until the first response; ${rounds} rounds, medians. The cost of a script is its difference from an empty Worker within a round.`,
      head: ['Worker', 'ms until the first response', 'ms more than an empty one'],
      rows: clients.map(({ name }, index) => [name, median(times[index]!).toFixed(0), median(more[index]!).toFixed(0)]),
      bounds: clients
        .slice(1)
        .map(({ name }, index) => bound(name, more[index + 1]!, { must: { atMost: limit }, unit: ' ms more' })),
      skipped: [],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const workerStart: Scenario = { name: 'worker-start', over: ['plain HTTP'], run };
