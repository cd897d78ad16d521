import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { root } from '../test/command.ts';

export interface Bundled {
  /** Bytes after gzip of what is loaded at the start. */
  gzip: number;
  inputs: Metafile['outputs'][string]['inputs'];
  text: string;
}

/**
 * Bundles a program of a user of the package (of `dist`, by its own name), for one set of conditions: into chunks, as
 * Vite, Rollup and webpack do, or into one file, as wrangler does.
 */
export async function bundle(program: string, conditions: string[], splitting = true): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: root, loader: 'js' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    splitting,
    outdir: 'out',
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2024',
    conditions,
    external: ['node:*', 'react'],
  });
  const start = new Set<string>();
  const load = (path: string) => {
    if (start.has(path)) return;
    start.add(path);
    for (const { path: next, kind, external } of metafile.outputs[path]!.imports) {
      if (kind === 'import-statement' && !external) load(next);
    }
  };
  load(Object.keys(metafile.outputs).find((path) => metafile.outputs[path]!.entryPoint === '<stdin>')!);
  const isLoaded = ({ path }: { path: string }) => [...start].some((name) => path.endsWith(name));
  return {
    gzip: outputFiles.filter(isLoaded).reduce((sum, { contents }) => sum + gzipSync(contents).length, 0),
    inputs: Object.assign({}, ...[...start].map((path) => metafile.outputs[path]!.inputs)),
    text: outputFiles.map(({ text }) => text).join('\n'),
  };
}

/** A program with the client and one method. */
export const one: string = `import { createClient } from 'kaggle-ts';
import { getKernelSessionStatus } from 'kaggle-ts/services/kernels';
export const status = (request) => createClient().call(getKernelSessionStatus, request);`;
/** The same with a method of a second service. */
export const two: string = `${one}
import { getDataset } from 'kaggle-ts/services/datasets';
export const dataset = (request) => createClient().call(getDataset, request);`;

/** A page that watches runs, and the same with the hooks of React. */
export const watching: string = "export { createClient } from 'kaggle-ts';\nexport { watch } from 'kaggle-ts/kernels';";
export const hooks: string = `${watching}\nexport { useRun, useRuns } from 'kaggle-ts/react';`;

/** What bundles are made for, with the conditions that bundlers set. */
export const targets: Readonly<Record<'workerd' | 'browser' | 'node' | 'default', readonly string[]>> = {
  workerd: ['workerd', 'worker', 'browser'],
  browser: ['browser'],
  node: ['node'],
  default: [],
};
