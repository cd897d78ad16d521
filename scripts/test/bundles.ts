import { join } from 'node:path';
import { build } from 'esbuild';
import { type Runtime, runtimes } from '../../test/runtimes/names.ts';
import type { Bundles } from '../../test/runtimes/start.ts';

const here: string = join(import.meta.dirname, '../../test/runtimes');

/** Bundles a script into the consumer's folder. Imports of the package stay imports. */
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

/** Bundles a script together with the package, resolved in the consumer's folder by the runtime's conditions. */
async function whole(script: string, outfile: string, conditions: readonly string[]): Promise<string> {
  await build({
    entryPoints: [script],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2024',
    // Not bundled: an import that a Worker or a page reaches must fail there.
    external: ['node:*'],
    conditions: [...conditions, 'import'],
  });
  return outfile;
}

/** Bundles all scripts of a conformance run, and its server. */
export async function bundleAll(folder: string): Promise<Bundles & { server: string }> {
  const entries = new Map(Object.values<Runtime>(runtimes).map(({ folder, conditions }) => [folder, conditions]));
  const scripts = [...entries].map(async ([name, conditions]) => {
    const script = await open(join(here, name, 'entry.ts'), folder, `${name}.mjs`);
    return [name, conditions ? await whole(script, join(folder, `${name}.bundle.mjs`), conditions) : script];
  });
  const server = open(join(here, '../conformance/server/main.ts'), folder, 'server.mjs');
  return { ...(Object.fromEntries(await Promise.all(scripts)) as Bundles), server: await server };
}
