import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { roomOf } from '../../scripts/test/room.ts';
import { filesBelow, isGenerated, lineCount, read, root, withoutComments } from './source-files.ts';

const written = filesBelow('src', '.ts').filter((path) => !isGenerated(path));
const scripts = filesBelow('scripts', '.ts');
const tests = filesBelow('test', '.ts');
const codeLines = (path: string) =>
  withoutComments(read(path))
    .split('\n')
    .filter((line) => line.trim() !== '').length;

test('hand-written files have at most 300 lines', () => {
  const long = [...written, ...scripts].filter((path) => lineCount(path) > 300);
  expect(long).toEqual([]);
});

test('tests wait with `expect.poll`, which has the limit of vitest.config.ts, not that of a second', () => {
  expect(tests.filter((path) => /\bvi\.wait(?:For|Until)\(/.test(withoutComments(read(path))))).toEqual([]);
});

test('the median of the hand-written source files is under 90 lines', () => {
  const counts = written.map(lineCount).sort((a, b) => a - b);
  expect(counts[counts.length >> 1]).toBeLessThan(90);
});

test('entries are under 40 lines, without their docs', () => {
  const entries = written.filter((path) => path.split('/').length === 2);
  expect(entries.filter((path) => codeLines(path) >= 40)).toEqual([]);
});

describe('the README of a directory of src', () => {
  const readmes = filesBelow('src', 'README.md');

  test.each(readmes)('%s says what may be imported, and which files to open first', (path) => {
    const text = read(path);
    expect(text).toMatch(/\bmay import\b|\bimports run\b/i);
    const first = /\bopen first: (.+)|\bopen (`[^`]+`) first|\bstart with (`[^`]+`)/i.exec(text);
    const names = [...(first?.slice(1).find(Boolean) ?? '').split('After a change')[0]!.matchAll(/`([^`]+\.ts)`/g)];
    expect(names.length).toBeGreaterThan(0);
    for (const [, name] of names) expect(existsSync(join(root, dirname(path), name!)), name).toBe(true);
  });

  test('names existing tests, for every directory', () => {
    const folders = new Set(written.map((path) => dirname(path)).filter((path) => path !== 'src'));
    const files = tests.filter((path) => path.endsWith('.test.ts'));
    const missing = [...folders].flatMap((folder) => {
      const { readme, tests } = roomOf(folder);
      return tests.filter((part) => !files.some((path) => path.includes(part))).map((part) => `${readme}: ${part}`);
    });
    expect([...new Set(missing)]).toEqual([]);
  });
});

test('every directory of test has a README', () => {
  const rooms = readdirSync(join(root, 'test'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const missing = rooms.map(({ name }) => `test/${name}`).filter((path) => !existsSync(join(root, path, 'README.md')));
  expect(missing).toEqual([]);
});

test('no file contains a path of one machine, a registry URL, or a path outside of the project', () => {
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
      (path) => /\.(tsx?|js|json|jsonc|md|html|css|py)$/.test(path) && !path.includes('node_modules'),
    ),
    ...filesBelow('bench').filter((path) => /\.(ts|md|py)$/.test(path)),
    ...['README.md', 'CHANGELOG.md', 'package.json'].filter((path) => existsSync(join(root, path))),
  ];
  expect(texts.filter((path) => forbidden.test(read(path)))).toEqual([]);
});

test('the sources contain no unfinished work', () => {
  const marks = /\b(?:TO|FIX)(?:DO|ME)\b|\bas any\b|not implemented/;
  expect([...written, ...scripts].filter((path) => marks.test(read(path)))).toEqual([]);
});
