import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, isGenerated, lineCount, read, root } from './source-files.ts';

const written = filesBelow('src', '.ts').filter((path) => !isGenerated(path));
const scripts = filesBelow('scripts', '.ts');
const tests = filesBelow('test', '.ts');

test('hand-written files have at most 300 lines', () => {
  const long = [...written, ...scripts].filter((path) => lineCount(path) > 300);
  expect(long).toEqual([]);
});

test('the median of the hand-written source files is under 90 lines', () => {
  const counts = written.map(lineCount).sort((a, b) => a - b);
  expect(counts[counts.length >> 1]).toBeLessThan(90);
});

test('entries are under 40 lines', () => {
  const entries = written.filter((path) => path.split('/').length === 2);
  expect(entries.filter((path) => lineCount(path) >= 40)).toEqual([]);
});

test('every room of src has a README that is not empty', () => {
  const folders = new Set(written.map((path) => dirname(path)).filter((path) => path !== 'src'));
  // Small folders of one platform or executor are described by the one above.
  const described = (folder: string): boolean =>
    existsSync(join(root, folder, 'README.md')) ||
    (folder.split('/').length > 2 && existsSync(join(root, dirname(folder), 'README.md')));
  expect([...folders].filter((folder) => !described(folder))).toEqual([]);
  for (const path of filesBelow('src', 'README.md')) expect(read(path).length, path).toBeGreaterThan(80);
});

test('every room of test has a README', () => {
  const rooms = readdirSync(join(root, 'test'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const missing = rooms.map(({ name }) => `test/${name}`).filter((path) => !existsSync(join(root, path, 'README.md')));
  expect(missing).toEqual([]);
});

test('nothing names a place of one machine, a registry, or a folder beside the project', () => {
  // Written in pieces, so that this file does not find itself.
  const places = [
    ['/ho', 'me/\\w{2,}/'],
    ['/Us', 'ers/\\w{2,}/'],
    ['/work/', '(?:main|shared)'],
    ['/root', '/'],
  ];
  const forbidden = new RegExp(
    [...places, ['\\.\\./sha', 'red/(?:wire|bench|facts|design|defects|contract|hooks)'], ['registry\\.', 'npmjs']]
      .map((parts) => parts.join(''))
      .join('|'),
  );
  const texts = [
    ...filesBelow('src'),
    ...scripts,
    ...tests,
    ...filesBelow('docs', '.md'),
    ...filesBelow('examples').filter(
      (path) => /\.(ts|js|json|jsonc|md|html|py)$/.test(path) && !path.includes('node_modules'),
    ),
    ...filesBelow('bench').filter((path) => /\.(ts|md|py)$/.test(path)),
    ...['README.md', 'CHANGELOG.md', 'package.json'].filter((path) => existsSync(join(root, path))),
  ];
  expect(texts.filter((path) => forbidden.test(read(path)))).toEqual([]);
});

test('no unfinished work is left in the sources', () => {
  const marks = /\b(?:TO|FIX)(?:DO|ME)\b|\bas any\b|not implemented/;
  expect([...written, ...scripts].filter((path) => marks.test(read(path)))).toEqual([]);
});
