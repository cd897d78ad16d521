import { describe, expect, test } from 'vitest';
import { createIgnore } from '../../src/core/transfer/ignore.ts';
import { growth, proportional } from '../growth.ts';

describe('patterns as in a .gitignore', () => {
  test.each<[patterns: string, path: string, leftOut: string | undefined]>([
    // In every folder, without a slash in it.
    ['a.csv', 'a.csv', 'a.csv'],
    ['a.csv', 'x/y/a.csv', 'x/y/a.csv'],
    ['a.csv', 'xa.csv', undefined],
    ['*.log', 'x/one.log', 'x/one.log'],
    ['*.log', 'x/one.log.csv', undefined],
    ['cache', 'x/cache/y', 'x/cache/'],
    // From the top.
    ['/a.csv', 'a.csv', 'a.csv'],
    ['/a.csv', 'x/a.csv', undefined],
    ['x/a.csv', 'x/a.csv', 'x/a.csv'],
    ['x/a.csv', 'y/x/a.csv', undefined],
    ['x/*.csv', 'x/y/a.csv', undefined],
    // Folders only.
    ['cache/', 'cache/x', 'cache/'],
    ['cache/', 'y/cache/x', 'y/cache/'],
    ['cache/', 'cache', undefined],
    ['x/cache/', 'x/cache/y/z', 'x/cache/'],
    // Any number of folders.
    ['**/a', 'a', 'a'],
    ['**/a', 'x/y/a', 'x/y/a'],
    ['x/**/a', 'x/a', 'x/a'],
    ['x/**/a', 'x/y/z/a', 'x/y/z/a'],
    ['x/**', 'x/a', 'x/a'],
    ['x/**', 'x', undefined],
    // Characters.
    ['a?c', 'abc', 'abc'],
    ['a?c', 'a/c', undefined],
    ['a*c', 'ac', 'ac'],
    ['[a-c]x', 'bx', 'bx'],
    ['[!a-c]x', 'bx', undefined],
    ['[^a]x', 'bx', 'bx'],
    ['[]-]x', ']x', ']x'],
    ['[a', '[a', undefined],
    ['\\*x', '*x', '*x'],
    ['\\*x', 'ax', undefined],
    ['é?', 'é\u{1f600}', 'é\u{1f600}'],
    // Lines.
    ['# a.csv', '# a.csv', undefined],
    ['\\#a', '#a', '#a'],
    ['\\!a', '!a', '!a'],
    ['a.csv  ', 'a.csv', 'a.csv'],
    ['a\\ ', 'a ', 'a '],
    ['a.csv\r', 'a.csv', 'a.csv'],
    ['', 'a.csv', undefined],
    // The last one decides, but nothing comes back into a folder that is left out.
    ['*.log|!keep.log', 'keep.log', undefined],
    ['!keep.log|*.log', 'keep.log', 'keep.log'],
    ['x/|!x/a', 'x/a', 'x/'],
    ['x/*|!x/a', 'x/a', undefined],
  ])('%j: %j', (patterns, path, leftOut) => {
    expect(createIgnore(patterns.split('|'))(path)).toBe(leftOut);
  });

  test('hostile patterns take time in proportion to the names', () => {
    const ignored = createIgnore([`${'*a'.repeat(30)}*b`, `${'**/a/'.repeat(30)}b`, `a${' '.repeat(50_000)}b`]);
    const check = (length: number) => {
      expect(ignored('a'.repeat(length))).toBeUndefined();
      expect(ignored('a/'.repeat(length / 10))).toBeUndefined();
    };
    expect(growth(check, 1000)).toBeLessThan(proportional);
  });
});
