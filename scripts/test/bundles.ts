import { join } from 'node:path';
import { build } from 'esbuild';
import { type Runtime, runtimes } from '../../test/runtimes/names.ts';
import type { Bundles } from '../../test/runtimes/start.ts';

const here: string = join(import.meta.dirname, '../../test/runtimes');

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
async function whole(script: string, outfile: string, conditions: readonly string[]): Promise<string> {
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
    conditions: [...conditions, 'import'],
  });
  return outfile;
}

/** All scripts of a conformance run and that of its server. */
export async function bundleAll(folder: string): Promise<Bundles & { house: string }> {
  const entries = new Map(Object.values<Runtime>(runtimes).map(({ folder, conditions }) => [folder, conditions]));
  const scripts = [...entries].map(async ([name, conditions]) => {
    const script = await open(join(here, name, 'entry.ts'), folder, `${name}.mjs`);
    return [name, conditions ? await whole(script, join(folder, `${name}.bundle.mjs`), conditions) : script];
  });
  const house = open(join(here, '../conformance/server/main.ts'), folder, 'house.mjs');
  return { ...(Object.fromEntries(await Promise.all(scripts)) as Bundles), house: await house };
}
