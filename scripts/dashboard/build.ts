/** Builds the page of examples/dashboard from the sources, once for the same content. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { makeOnce } from '../test/make-once.ts';
import { sources } from './sources.ts';

const root: string = join(import.meta.dirname, '../..');
export const example: string = join(root, 'examples/dashboard');
const cache: string = join(root, 'node_modules/.cache/dashboard');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !['node_modules', 'dist', 'server', 'samples'].includes(name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  const single = ['package.json', 'package-lock.json'].map((name) => join(root, name));
  for (const file of [...single, ...[example, join(root, 'src'), import.meta.dirname].flatMap(filesBelow)])
    hash.update(`${relative(root, file)}\n`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 20);
}

/** Builds the page, or finds the build of the same sources. Returns its folder. */
export function buildPage(): Promise<string> {
  return makeOnce(join(cache, hashOfSources()), async (folder) => {
    const vite = await import('vite');
    // Vite builds for another NODE_ENV, such as that of a test runner, if there is one.
    process.env.NODE_ENV = 'production';
    await vite.build({
      root: example,
      configFile: join(example, 'vite.config.ts'),
      logLevel: 'warn',
      plugins: [sources(['browser'])],
      worker: { plugins: () => [sources(['browser'])] },
      build: { outDir: folder, emptyOutDir: true },
    });
  });
}

if (import.meta.main) console.log(await buildPage());
