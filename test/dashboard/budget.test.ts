import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtPages, mostBytes, sum } from './built-pages.ts';
import { build } from './site.ts';

const folder = await build();
const { pages, filesOf, sizesOf } = builtPages(folder);

test('there are pages to measure', () => {
  expect(pages.length).toBeGreaterThanOrEqual(7);
});

test.each(pages)('%s has less than 60 KB of code, with the frame of the app', (page) => {
  const sizes = sizesOf(page);
  expect(sum(sizes), JSON.stringify(sizes)).toBeLessThan(mostBytes);
});

test('charts, the editor and Parquet are not in any page', () => {
  const code = pages.flatMap((page) => [...filesOf(page)]).map((file) => readFileSync(join(folder, file), 'utf8'));
  // Texts of uPlot, CodeMirror and hyparquet that minifiers keep.
  for (const mark of ['u-legend', 'cm-editor', 'parquet file invalid'])
    expect(
      code.some((text) => text.includes(mark)),
      mark,
    ).toBe(false);
});
