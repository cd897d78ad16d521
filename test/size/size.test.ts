import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const KB = 1000;

interface Bundled {
  /** Bytes after gzip. */
  gzip: number;
  inputs: Metafile['outputs'][string]['inputs'];
  text: string;
}

/** Bundles a program of a user of the package (of `dist`, by its own name), for one set of conditions. */
async function bundle(program: string, conditions: string[]): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: root, loader: 'js' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2024',
    conditions,
    external: ['node:*'],
  });
  const [output] = Object.values(metafile.outputs);
  return { gzip: gzipSync(outputFiles[0]!.contents).length, inputs: output!.inputs, text: outputFiles[0]!.text };
}

const one = `import { createClient } from 'kaggle-ts';
import { getKernelSessionStatus } from 'kaggle-ts/services/kernels';
export const status = (request) => createClient().call(getKernelSessionStatus, request);`;
const two = `${one}
import { getDataset } from 'kaggle-ts/services/datasets';
export const dataset = (request) => createClient().call(getDataset, request);`;

/** Files of generated code that leave something in the bundle. */
const generated = ({ inputs }: Bundled) =>
  Object.entries(inputs)
    .filter(([path, { bytesInOutput }]) => path.includes('/generated/') && bytesInOutput > 0)
    .map(([path]) => path.replace(/^.*dist\/services\//, ''));

const targets = { workerd: ['workerd', 'worker', 'browser'], browser: ['browser'], node: ['node'], default: [] };

/** What is sent to browsers and Workers counts; on Node, which nobody bundles for its size, the files are wired in. */
const limits: Record<string, number> = { workerd: 15, browser: 15, node: 22.5, default: 15 };

test.each(Object.entries(targets))('%s: createClient and one method are small', async (name, conditions) => {
  const result = await bundle(one, ['import', ...conditions]);
  console.log(`${name}: createClient and one method: ${(result.gzip / KB).toFixed(2)} KB gzip`);
  expect(result.gzip).toBeLessThan(limits[name]! * KB);
  expect(generated(result).every((path) => path.startsWith('kernels/'))).toBe(true);
});

test.each(Object.entries(targets))('%s: a method of a second service adds under 1.5 KB', async (name, conditions) => {
  const [first, second] = await Promise.all([one, two].map((program) => bundle(program, ['import', ...conditions])));
  const added = second!.gzip - first!.gzip;
  console.log(`${name}: a method of a second service: ${added} bytes gzip`);
  expect(added).toBeLessThan(1.5 * KB);
  const areas = new Set(generated(second!).map((path) => path.split('/')[0]));
  expect([...areas].sort()).toEqual(['datasets', 'kernels']);
});

test.each(['workerd', 'browser'] as const)('%s: nothing of Node is imported', async (name) => {
  const everything = `export * from 'kaggle-ts'; export * as d from 'kaggle-ts/datasets'; export * as k from 'kaggle-ts/kernels';`;
  const { text } = await bundle(everything, ['import', ...targets[name]]);
  expect(text.match(/["']node:[\w/]+["']/g) ?? []).toEqual([]);
});
