import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const services = fileURLToPath(new URL('../../src/services/', import.meta.url));

/** How src/services differs from the given files, by path below it. */
export interface Stale {
  changed: string[];
  /** Generated once, and now no more. */
  gone: string[];
}

export function compareGenerated(files: ReadonlyMap<string, string>): Stale {
  const changed = [...files].filter(([path, text]) => {
    const file = join(services, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  return { changed: changed.map(([path]) => path), gone: onDisk().filter((path) => !files.has(path)) };
}

/** Brings src/services up to date; says what it did. */
export function writeGenerated(files: ReadonlyMap<string, string>): Stale {
  const stale = compareGenerated(files);
  for (const path of stale.gone) rmSync(join(services, path));
  for (const path of stale.changed) {
    mkdirSync(dirname(join(services, path)), { recursive: true });
    writeFileSync(join(services, path), files.get(path) as string);
  }
  return stale;
}

/** The paths of all generated files. */
function onDisk(): string[] {
  if (!existsSync(services)) return [];
  return readdirSync(services, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(services, entry.name, 'generated')))
    .flatMap(({ name }) => readdirSync(join(services, name, 'generated')).map((file) => `${name}/generated/${file}`));
}
