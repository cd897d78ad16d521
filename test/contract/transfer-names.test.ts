import { expect, test } from 'vitest';
import { MissingCapabilityError, ValidationError } from '../../src/core/errors.ts';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { openFolder } from '../../src/core/transfer/folder.ts';
import { checkNames } from '../../src/core/transfer/names.ts';
import { growth, proportional } from '../growth.ts';
import { fakeServer } from './transfer-storage.ts';

test.each([
  '',
  '..',
  '../x',
  'a/../../x',
  'a/..',
  './a',
  'a/.',
  '/etc/passwd',
  'a//b',
  'a/',
  'C:evil',
  'c:/evil',
  'a/D:x',
  'a\\b',
  '..\\x',
  'a\u0000b',
  'a\nb',
  'a\u007fb',
  'a\u0085b',
  'con',
  'NUL.txt',
  'a/com1',
  'LPT9.tar.gz',
  'aux .txt',
  'COM\u00b9',
  'CONIN$',
  '...',
  '.. ',
  ' /a',
  'a\ud800',
])('refused: %j', (name) => {
  expect(() => checkNames([name])).toThrow(ValidationError);
});

test.each([
  'a.csv',
  'a/b/c d.csv',
  '.hidden',
  '..a',
  'a..b',
  '%2e%2e/x',
  '..%2fx',
  'console.log',
  'com10',
  'con-1',
  'null',
  'é/ü.txt',
  'time 12:30.txt',
  'x'.repeat(300),
])('accepted as it is: %j', (name) => {
  checkNames([name]);
});

test.each([
  [['a.csv', 'a.csv'], 'duplicate file name "a.csv"'],
  [['a.csv', 'A.CSV'], 'are the same on many file systems'],
  [['e\u0301.csv', '\u00e9.csv'], 'are the same on many file systems'],
  [['a.', 'a'], 'are the same on many file systems'],
  [['a', 'a/b'], '"a" is a file, but "a/b" needs a folder there'],
  [['A/b/c', 'a/B'], '"a/B" is a file, but "A/b/c" needs a folder there'],
])('%j collide', (names, message) => {
  expect(() => checkNames(names)).toThrow(message);
});

test('every bad name is listed, with its place', () => {
  const error = (() => {
    try {
      checkNames(['fine', '../x', 'NUL', 'fine']);
    } catch (caught) {
      return caught as ValidationError;
    }
    return undefined;
  })();
  expect(error?.issues.map((issue) => issue.path)).toEqual(['[1]', '[2]', '[3]']);
});

test('many names take time in proportion to their number', () => {
  const check = (count: number) =>
    checkNames(Array.from({ length: count }, (_, i) => `folder/${i % 100}/file${i}.csv`));
  expect(growth(check, 1000)).toBeLessThan(proportional);
});

test.each([
  ['thousands of folders', 'a/'],
  ['a long run of dots', '..'],
])('a name of %s takes time in proportion to its length, and is cut in messages', (_what, piece) => {
  const check = (count: number) => {
    const name = `${piece.repeat(count)}x`;
    checkNames([name, `${name}y`]);
    expect(() => checkNames([name, name])).toThrow(/^duplicate file name .{200,300}$/);
  };
  expect(growth(check, 3000)).toBeLessThan(proportional);
});

test('folders may be named several times, but not where a file is', () => {
  checkNames(['a/.folder-0', 'b'], ['a', 'a', 'c', 'a/d']);
  expect(() => checkNames(['a'], ['A'])).toThrow('"a" is a file, but "A" needs a folder there');
  expect(() => checkNames(['a'], ['../b'])).toThrow('does not name a file or folder');
});

test('a folder that was opened refuses names that leave it', async () => {
  const { client } = fakeServer();
  const folder = openFolder(client, 'out');
  await expect(folder.sink('../x')).rejects.toThrow(ValidationError);
  expect(folder.path?.('a/b.csv')).toBe('out/a/b.csv');
  const custom = openFolder(client, { sink: () => Promise.reject(new Error('must not be asked')) });
  expect(() => custom.sink('/x')).toThrow(ValidationError);
});

test('a path without a file system says what to pass', () => {
  const client = { platform: { name: 'workers', concurrency: 4 } } as KaggleClient;
  expect(() => openFolder(client, 'out')).toThrow(MissingCapabilityError);
  expect(() => openFolder(client, 'out')).toThrow('pass a FolderSink');
});
