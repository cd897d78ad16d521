import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageType, kindByContent, kindOf } from '../../examples/dashboard/src/outputs/files/kind.ts';
import { baseName, extensionOf, savedName, visibleName } from '../../examples/dashboard/src/outputs/files/names.ts';
import { rowsInView } from '../../examples/dashboard/src/outputs/files/rows-in-view.ts';
import { isSafePath, safePath, savedPaths } from '../../examples/dashboard/src/outputs/files/safe-path.ts';
import { buildTree, createFilter, treeRows } from '../../examples/dashboard/src/outputs/files/tree.ts';
import { isAnimated } from '../../examples/dashboard/src/outputs/image/animation.ts';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

test('deceptive characters in names are shown as escapes', () => {
  expect(visibleName('photo\u202egnp.exe')).toBe('photo\\u202egnp.exe');
  expect(visibleName('a\nb\tc\u0000')).toBe('a\\u000ab\\u0009c\\u0000');
  expect(visibleName('in\u200bvisible \ud800 \u{e0041}')).toBe('in\\u200bvisible \\ud800 \\u{e0041}');
  expect(visibleName('Übersicht – 図 ❤️ <img onerror=alert(1)>')).toBe('Übersicht – 図 ❤️ <img onerror=alert(1)>');
});

test('a saved file gets one safe segment as its name', () => {
  expect(savedName('plots/loss.png')).toBe('loss.png');
  expect(savedName('../../etc/passwd')).toBe('passwd');
  expect(savedName('..')).toBe('file');
  expect(savedName('a\u202eb:c|d?.csv')).toBe('a_b_c_d_.csv');
  const long = savedName(`${'x'.repeat(500)}.parquet`);
  expect(long).toHaveLength(80);
  expect(long).toMatch(/x\.parquet$/);
});

test('paths that some system refuses are saved under others', () => {
  const good = ['a.csv', 'plots/loss 1.png', '.hidden/x', 'ä/漢字.txt', 'a..b', 'console.log', 'x.tar.gz'];
  expect(good.filter((path) => !isSafePath(path))).toEqual([]);
  const bad = [
    '',
    '..',
    '../x',
    'a//b',
    'a/',
    'a:b',
    'CON',
    'x/nul.txt',
    'end.',
    'end /x',
    'a\\b',
    'n\n',
    '<b>',
    'x'.repeat(201),
  ];
  expect(bad.filter(isSafePath)).toEqual([]);
  const taken = new Set(['b.txt']);
  expect(
    ['12:30.log', '12?30.log', '../B.txt', 'CON', 'a/nul.txt', 'x/..'].map((path) => safePath(path, taken)),
  ).toEqual(['12_30.log', '12_30-2.log', 'file/B.txt', '_CON', 'a/_nul.txt', 'x/file']);
  fc.assert(
    fc.property(
      fc
        .array(fc.constantFrom(...'aB/.: _\\<\n\u202eé漢', '\ud800', 'con', '😀'.repeat(50)), { maxLength: 30 })
        .map((list) => list.join('')),
      (path) => isSafePath(safePath(path, new Set())),
    ),
  );
});

test('names that are the same file on some systems are saved apart', () => {
  const names = ['Data.csv', 'data.csv', 'u\u0308.txt', '\u00fc.txt', 'plots', 'Plots/a.png', 'a.csv', '../a.csv'];
  expect(savedPaths(names).map(({ path }) => path)).toEqual([
    'Data.csv',
    'data-2.csv',
    'u\u0308.txt',
    '\u00fc-2.txt',
    'plots-2',
    'Plots/a.png',
    'a.csv',
    'file/a.csv',
  ]);
});

test('names and extensions', () => {
  expect([baseName('a/b.c'), baseName('b.c'), baseName('a/'), baseName('')]).toEqual(['b.c', 'b.c', 'a/', '']);
  expect([extensionOf('a.b/c'), extensionOf('A.CSV'), extensionOf('.bashrc'), extensionOf('x.tar.gz')]).toEqual([
    '',
    'csv',
    '',
    'gz',
  ]);
});

test('the kind of a file by its name, and by its first bytes', () => {
  expect(['a/b.PNG', 'x.tsv', 'm.pq', 'l.jsonl', 'Dockerfile', 'model.pt', 'run.ipynb'].map(kindOf)).toEqual([
    'image',
    'csv',
    'parquet',
    'json-lines',
    'text',
    'binary',
    'notebook',
  ]);
  expect(kindByContent(bytes('PAR1....'))).toBe('parquet');
  expect(kindByContent(bytes('hello\nworld'))).toBe('text');
  expect(kindByContent(bytes('\x93NUMPY\x01\0v\0'))).toBe('binary');
  expect(kindByContent(new Uint8Array())).toBe('binary');
  expect(imageType(bytes('<?xml version="1.0"?>\n<svg xmlns="">'))).toBe('image/svg+xml');
  expect(imageType(bytes('<html><svg>'))).toBeUndefined();
  expect(imageType(bytes('RIFF....WEBPVP8X'))).toBe('image/webp');
});

test('files become a tree, in natural order, folders first', () => {
  const tree = buildTree(['b10.csv', 'b9.csv', 'plots/x/1.png', 'plots/a.png', '../up.txt', '/abs', 'odd//x']);
  const rows = treeRows(tree, (path) => path === 'plots/' || path === '../');
  expect(rows.map(({ path, depth }) => `${depth} ${path}`)).toEqual([
    '0 /',
    '0 ../',
    '1 ../up.txt',
    '0 odd/',
    '0 plots/',
    '1 plots/x/',
    '1 plots/a.png',
    '0 b9.csv',
    '0 b10.csv',
  ]);
  expect(rows.find(({ path }) => path === 'plots/')).toMatchObject({ type: 'folder', files: 2, name: 'plots' });
});

test('a path of thousands of folders, and names of objects, are only names', () => {
  const deep = `${'d/'.repeat(5000)}f.txt`;
  const tree = buildTree([deep, '__proto__/constructor', 'toString']);
  const rows = treeRows(tree, () => true);
  expect(rows.filter(({ type }) => type === 'file').map(({ path }) => path)).toEqual([
    '__proto__/constructor',
    deep,
    'toString',
  ]);
  expect(Math.max(...rows.map(({ depth }) => depth))).toBeLessThan(20);
});

test('a filter takes words in any order, and endings', () => {
  const names = ['plots/loss.png', 'plots/accuracy.csv', 'LOSS.csv'];
  expect(names.filter(createFilter('loss'))).toEqual(['plots/loss.png', 'LOSS.csv']);
  expect(names.filter(createFilter('  loss plots '))).toEqual(['plots/loss.png']);
  expect(names.filter(createFilter('*.csv'))).toEqual(['plots/accuracy.csv', 'LOSS.csv']);
  expect(names.filter(createFilter(''))).toEqual(names);
});

test('of a long list, only the rows in view are rendered', () => {
  expect(rowsInView(10_000, 30, 3000, 300, 5)).toEqual({ first: 95, end: 115, above: 2850, below: 296_550 });
  expect(rowsInView(3, 30, 0, 300)).toEqual({ first: 0, end: 3, above: 0, below: 0 });
  expect(rowsInView(0, 30, 0, 300)).toEqual({ first: 0, end: 0, above: 0, below: 0 });
  // Scrolled beyond the end, as after a filter.
  expect(rowsInView(4, 30, 9000, 300)).toMatchObject({ first: 3, end: 4, below: 0 });
});

test('animated images are told from still ones', () => {
  const frame = '\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0';
  const gif = (frames: number) =>
    bytes(`GIF89a\x01\0\x01\0\x80\0\0${'\0'.repeat(6)}\x21\xf9\x04\0\0\0\0\0${frame.repeat(frames)}\x3b`);
  expect([gif(1), gif(2)].map((file) => isAnimated(file, 'image/gif'))).toEqual([false, true]);
  const chunk = (type: string, data = '') => `\0\0\0${String.fromCharCode(data.length)}${type}${data}crc.`;
  const png = (...chunks: string[]) => bytes(`\x89PNG\r\n\x1a\n${chunks.join('')}`);
  expect(isAnimated(png(chunk('IHDR', 'x'.repeat(13)), chunk('acTL', '12345678'), chunk('IDAT')), 'image/png')).toBe(
    true,
  );
  expect(isAnimated(png(chunk('IHDR', 'x'.repeat(13)), chunk('IDAT')), 'image/png')).toBe(false);
  const webp = (flags: string) => bytes(`RIFF....WEBPVP8X\x0a\0\0\0${flags}\0\0\0`);
  expect([webp('\x02'), webp('\x10')].map((file) => isAnimated(file, 'image/webp'))).toEqual([true, false]);
  // Damaged ones end.
  for (const type of ['image/gif', 'image/png', 'image/webp', 'image/avif'])
    expect(isAnimated(bytes('GIF89a\x80'), type)).toBe(false);
});
