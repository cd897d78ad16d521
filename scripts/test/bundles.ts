import { join } from 'node:path';
import { build } from 'esbuild';
import type { Bundles } from '../../test/runtimes/start.ts';

const runtimes: string = join(import.meta.dirname, '../../test/runtimes');

/** One script whose imports of the package are left as they are, written into the consumer's folder. */
async function open(entry: string, folder: string, name: string): Promise<string> {
  const outfile = join(folder, name);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2024',
    external: ['kaggle-ts', 'kaggle-ts/*'],
  });
  return outfile;
}

/** The same with the package inside, resolved in the consumer's folder by the conditions of the runtime. */
async function whole(script: string, outfile: string, conditions: string[]): Promise<string> {
  await build({
    entryPoints: [script],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2024',
    // Left as they are: one that is reached in a Worker or a page fails there, and that is the point.
    external: ['node:*'],
    conditions,
  });
  return outfile;
}

/** All scripts of a conformance run and that of its server. */
export async function bundleAll(folder: string): Promise<Bundles & { house: string }> {
  const entry = (name: string) => open(join(runtimes, name, 'entry.ts'), folder, `${name}.mjs`);
  const [node, deno, bun, worker, page, house] = await Promise.all([
    entry('node'),
    entry('deno'),
    entry('bun'),
    entry('workerd'),
    entry('chromium'),
    open(join(runtimes, '../conformance/server/main.ts'), folder, 'house.mjs'),
  ]);
  const [workerd, chromium] = await Promise.all([
    whole(worker, join(folder, 'workerd.bundle.mjs'), ['workerd', 'worker', 'browser', 'import']),
    whole(page, join(folder, 'chromium.bundle.mjs'), ['browser', 'import']),
  ]);
  return { server: { node, deno, bun }, workerd, chromium, house };
}
