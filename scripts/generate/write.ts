import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const services = join(root, 'src/services');

/** How src/services differs from the given files. Paths are relative to src/services. */
export interface Stale {
  changed: string[];
  /** Files that an earlier run generated and this one does not. */
  gone: string[];
}

export function compareGenerated(files: ReadonlyMap<string, string>): Stale {
  const changed = [...files].filter(([path, text]) => {
    const file = join(services, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  return { changed: changed.map(([path]) => path), gone: onDisk().filter((path) => !files.has(path)) };
}

/** Updates src/services. Returns what it changed. */
export function writeGenerated(files: ReadonlyMap<string, string>): Stale {
  const stale = compareGenerated(files);
  for (const path of stale.gone) rmSync(join(services, path));
  for (const path of stale.changed) {
    mkdirSync(dirname(join(services, path)), { recursive: true });
    writeFileSync(join(services, path), files.get(path) as string);
  }
  return stale;
}

/** The files whose text on disk is another one. Paths are relative to the project. */
export function staleFiles(files: ReadonlyMap<string, string>): string[] {
  const isCurrent = (file: string, text: string) => existsSync(file) && readFileSync(file, 'utf8') === text;
  return [...files].filter(([path, text]) => !isCurrent(join(root, path), text)).map(([path]) => path);
}

/** Writes the files that are stale. Returns their paths. */
export function writeFiles(files: ReadonlyMap<string, string>): string[] {
  const stale = staleFiles(files);
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path) as string);
  }
  return stale;
}

/** The generated files of src/services on disk. */
function onDisk(): string[] {
  if (!existsSync(services)) return [];
  return readdirSync(services, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(services, entry.name, 'generated')))
    .flatMap(({ name }) => readdirSync(join(services, name, 'generated')).map((file) => `${name}/generated/${file}`));
}
