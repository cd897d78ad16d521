import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Bundled, bundle, hooks, one, targets, two, watching } from '../../scripts/size/bundle.ts';

const root = new URL('../../', import.meta.url).pathname;
const KB = 1000;
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  exports: Record<string, { default?: string }>;
};

/** Files of generated code that leave something in the bundle. */
const generated = ({ inputs }: Bundled) =>
  Object.entries(inputs)
    .filter(([path, { bytesInOutput }]) => path.includes('/generated/') && bytesInOutput > 0)
    .map(([path]) => path.replace(/^.*dist\/services\//, ''));

/**
 * What is sent to browsers and Workers counts; on Node, which nobody bundles for its size, the files are wired in. In KB,
 * what is loaded at the start, and the one file of a bundler that makes no chunks: ky is in it on Node only, where
 * `client.http` loads it.
 */
const limits: Record<string, [start: number, file: number]> = {
  workerd: [11.5, 11.5],
  browser: [11.5, 11.5],
  node: [20.2, 29.5],
  default: [11.5, 11.5],
};

test.each(Object.entries(targets))('%s: createClient and one method are small', async (name, conditions) => {
  const [start, file] = await Promise.all([true, false].map((split) => bundle(one, ['import', ...conditions], split)));
  console.log(`${name}: createClient and one method: ${(start!.gzip / KB).toFixed(2)} KB gzip`);
  console.log(`${name}: the same in one file: ${(file!.gzip / KB).toFixed(2)} KB gzip`);
  expect(start!.gzip).toBeLessThan(limits[name]![0] * KB);
  expect(file!.gzip).toBeLessThan(limits[name]![1] * KB);
  expect(Object.keys(start!.inputs).filter((path) => path.includes('node_modules/ky/'))).toEqual([]);
  expect(generated(start!).every((path) => path.startsWith('kernels/'))).toBe(true);
});

test.each(Object.entries(targets))('%s: a method of a second service adds under 1.5 KB', async (name, conditions) => {
  const [first, second] = await Promise.all([one, two].map((program) => bundle(program, ['import', ...conditions])));
  const added = second!.gzip - first!.gzip;
  console.log(`${name}: a method of a second service: ${added} bytes gzip`);
  expect(added).toBeLessThan(1.5 * KB);
  const areas = new Set(generated(second!).map((path) => path.split('/')[0]));
  expect([...areas].sort()).toEqual(['datasets', 'kernels']);
});

test('the hooks of React add under 1.3 KB to a page that watches runs', async () => {
  const [without, together] = await Promise.all([watching, hooks].map((it) => bundle(it, ['import', 'browser'])));
  const added = together!.gzip - without!.gzip;
  console.log(`browser: useRun and useRuns: ${added} bytes gzip`);
  expect(added).toBeLessThan(1.3 * KB);
});

test.each(['workerd', 'browser'] as const)('%s: no module of Node is imported', async (name) => {
  const areas = Object.entries(manifest.exports).filter(([, target]) =>
    /services\/\w+\/index/.test(target.default ?? ''),
  );
  expect(areas.map(([subpath]) => subpath)).toContain('./datasets');
  const names = ['kaggle-ts', ...areas.map(([subpath]) => subpath.replace('.', 'kaggle-ts'))];
  const everything = names.map((name, index) => `export * as e${index} from '${name}';`).join('\n');
  const { text } = await bundle(everything, ['import', ...targets[name]]);
  expect(text.match(/["']node:[\w/]+["']/g) ?? []).toEqual([]);
});

test.each([
  ['cdn.js', 140],
  ['browser-worker.js', 3.5],
])('%s contains everything that it needs, in under %d KB', (name, limit) => {
  const text = readFileSync(`${root}dist/${name}`, 'utf8');
  const size = gzipSync(text).length;
  console.log(`dist/${name}: ${(size / KB).toFixed(2)} KB gzip`);
  expect(size).toBeLessThan(limit * KB);
  expect(text).not.toMatch(/(?:^|[;}])import[ {*"']|\bimport\(/);
});
