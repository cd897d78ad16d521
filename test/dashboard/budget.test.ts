import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { build } from './site.ts';

/** An entry of Vite's manifest. */
interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}

const folder = await build();
const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
const pages = Object.keys(manifest).filter((name) => /^src\/pages\/\w+\/index\.tsx$/.test(name));

/** The files that the browser loads before code of these modules runs. */
function filesOf(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const { file, css = [], imports = [] } = manifest[name]!;
    for (const each of [file, ...css]) found.add(each);
    imports.forEach(visit);
  };
  names.forEach(visit);
  return found;
}

const gzipped = (file: string): number => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;

test('there are pages to measure', () => {
  expect(pages.length).toBeGreaterThanOrEqual(7);
});

test.each(pages)('%s has less than 60 KB of code, with the frame of the app', (page) => {
  const sizes = [...filesOf(['index.html', page])].map((file) => [file, gzipped(file)] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  expect(total, JSON.stringify(Object.fromEntries(sizes))).toBeLessThan(60_000);
});

test('charts, the editor and Parquet are not in any page', () => {
  const code = pages
    .flatMap((page) => [...filesOf(['index.html', page])])
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  // Texts of uPlot, CodeMirror and hyparquet that minifiers keep.
  for (const mark of ['u-legend', 'cm-editor', 'parquet file invalid'])
    expect(
      code.some((text) => text.includes(mark)),
      mark,
    ).toBe(false);
});
