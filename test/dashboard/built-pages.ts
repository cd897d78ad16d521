import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** An entry of Vite's manifest. */
interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}

/** The pages of a built dashboard, and what the browser loads for each. */
export function builtPages(folder: string) {
  const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;

  /** The files that the browser loads before the code of a page runs, with the frame of the app. */
  function filesOf(page: string): Set<string> {
    const found = new Set<string>();
    const seen = new Set<string>();
    const visit = (name: string) => {
      if (seen.has(name)) return;
      seen.add(name);
      const { file, css = [], imports = [] } = manifest[name]!;
      for (const each of [file, ...css]) found.add(each);
      imports.forEach(visit);
    };
    ['index.html', page].forEach(visit);
    return found;
  }
  return {
    pages: Object.keys(manifest).filter((name) => /^src\/pages\/\w+\/index\.tsx$/.test(name)),
    filesOf,
    /** Bytes of each file of a page, compressed. */
    sizesOf: (page: string): Record<string, number> =>
      Object.fromEntries(
        [...filesOf(page)].map((file) => [file, gzipSync(readFileSync(join(folder, file)), { level: 9 }).length]),
      ),
  };
}

/** Most bytes of all files of a page together, compressed. */
export const mostBytes = 60_000;

export const sum = (sizes: Readonly<Record<string, number>>): number =>
  Object.values(sizes).reduce((total, size) => total + size, 0);
