import type { Emulator } from 'kaggle-ts/testing';
import { pattern, sha256 } from '../assert.ts';
import type { Content, Holdings, Seed } from '../control.ts';

type Served = Pick<Emulator, 'state' | 'faults' | 'fetch' | 'options'>;

const stored = ({ name, size, seed }: Content) => ({ name, data: pattern(size, seed), created: Date.now() });

/** Puts a dataset or the output of a run into the emulator, as if it had been there for long. */
export function plant({ state }: Served, { dataset, kernel }: Seed): void {
  const created = Date.now() - 3_600_000;
  if (dataset) {
    const { owner, slug, files } = dataset;
    const version = { number: 1, notes: 'the first', files: files.map(stored), created, readyAt: created };
    const about = { title: slug, subtitle: '', description: '', licenseName: 'unknown', keywords: [] };
    const id = 1 + state.datasets.size;
    state.datasets.set(`${owner}/${slug}`, { id, owner, slug, isPrivate: true, versions: [version], ...about });
  }
  if (kernel) {
    const { owner, slug, files } = kernel;
    const run = {
      number: 1,
      sessionId: 1,
      request: { kernelType: 'script' },
      text: '',
      created,
      status: 'COMPLETE' as const,
      log: [],
    };
    const rest = {
      runs: true,
      shape: '',
      datasets: [],
      abort: new AbortController(),
      listeners: new Set<() => void>(),
    };
    const versions = [{ ...run, ...rest, files: files.map(stored) }];
    state.kernels.set(`${owner}/${slug}`, { id: 1, owner, slug, title: slug, isPrivate: true, versions });
  }
}

/** What the emulator holds, with the hashes of all contents. */
export async function holdings({ state, faults }: Served): Promise<Holdings> {
  const held = async (name: string, data: Uint8Array<ArrayBuffer>) => ({
    name,
    size: data.length,
    sha256: await sha256(data),
  });
  const uploads: Holdings['uploads'] = [];
  for (const { token, name, bytes, done, used } of state.uploads.values())
    uploads.push({ token, done, used, ...(await held(name, done ? bytes.whole() : new Uint8Array())) });
  const datasets: Holdings['datasets'] = {};
  for (const [ref, { versions }] of state.datasets) {
    datasets[ref] = [];
    for (const { number, notes, files } of versions) {
      const contents = await Promise.all(files.map(({ name, data }) => held(name, data)));
      datasets[ref].push({ number, notes, files: contents });
    }
  }
  const outputs: Holdings['outputs'] = {};
  for (const [ref, { versions }] of state.kernels) {
    outputs[ref] = await Promise.all(versions.at(-1)!.files.map(({ name, data }) => held(name, data)));
  }
  return { met: faults.met, uploads, datasets, outputs };
}
