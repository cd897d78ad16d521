/** Builds the page of examples/dashboard from the sources, once for the same content. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sources } from './sources.ts';

const root: string = join(import.meta.dirname, '../..');
export const example: string = join(root, 'examples/dashboard');
const cache: string = join(root, 'node_modules/.cache/dashboard');

/** Milliseconds after which a build that another process began counts as given up. */
const longestBuild = 120_000;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
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

const isOld = (path: string, ms: number): boolean => {
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return mtimeMs !== undefined && Date.now() - mtimeMs > ms;
};

/** Creates the folder `path`. Returns false if another process has. */
function take(path: string): boolean {
  if (isOld(path, longestBuild)) rmSync(path, { recursive: true, force: true });
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
}

async function build(folder: string): Promise<void> {
  const vite = await import('vite');
  await vite.build({
    root: example,
    configFile: join(example, 'vite.config.ts'),
    logLevel: 'warn',
    plugins: [sources(['browser'])],
    build: { outDir: folder, emptyOutDir: true },
  });
}

/** Builds the page, or finds the build of the same sources. Returns its folder. */
export async function buildPage(): Promise<string> {
  const folder = join(cache, hashOfSources());
  const unfinished = `${folder}.tmp`;
  mkdirSync(cache, { recursive: true });
  while (!existsSync(folder)) {
    if (take(unfinished)) {
      try {
        await build(unfinished);
        renameSync(unfinished, folder);
      } finally {
        rmSync(unfinished, { recursive: true, force: true });
      }
    } else await wait(100);
  }
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (path !== folder && isOld(path, 86_400_000)) rmSync(path, { recursive: true, force: true });
  }
  return folder;
}

if (import.meta.main) console.log(await buildPage());
