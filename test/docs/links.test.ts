import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { type MarkdownFile, readMarkdown } from '../../scripts/docs/markdown.ts';
import { root } from '../../scripts/test/command.ts';
import { documents } from './documents.ts';

/** What is wrong with a link of the file at `from`; nothing if its target exists, or is on the web. */
function problemOf(href: string, from: string, all: ReadonlyMap<string, MarkdownFile>): string | undefined {
  if (/^[a-z]+:/i.test(href)) return undefined;
  const [path = '', anchor] = href.split('#');
  if (path.startsWith('/')) return 'must be relative';
  const target = path === '' ? from : normalize(join(dirname(from), decodeURIComponent(path)));
  if (!all.has(target) && (target.startsWith('..') || !existsSync(join(root, target)))) return `there is no ${target}`;
  if (anchor === undefined) return undefined;
  const page = all.has(target) ? target : join(target, 'README.md');
  const found = all.get(page)?.headings.some((heading) => heading.anchor === anchor);
  return found ? undefined : `${page} has no heading for #${anchor}`;
}

/** The broken links of some documents. */
const brokenIn = (all: ReadonlyMap<string, MarkdownFile>) =>
  [...all].flatMap(([path, { links }]) =>
    links.flatMap(({ href, line }) => {
      const problem = problemOf(href, path, all);
      return problem === undefined ? [] : [`${path}:${line}: ${href}: ${problem}`];
    }),
  );

test('each link of a document leads to a file, and each anchor to a heading', () => {
  expect(documents.size).toBeGreaterThan(50);
  expect(brokenIn(documents)).toEqual([]);
});

test('broken links are found in text, tables, lists, references and HTML; code has no links', () => {
  const source = [
    '# A *page*, & `more`',
    '## Twice',
    '## Twice',
    '[fine](#a-page--more) [fine](#twice-1) [fine](../README.md) [fine](https://example.com/x#y)',
    '[one](#twice-2)',
    '| a |\n|---|\n| [two](none.md) |',
    '- a\n  - [three](../docs/none.md#x)',
    '[four][ref]',
    '[ref]: ../none.md',
    '<img src="none.svg">',
    '`[code](none.md)`',
    '```md\n[code](none.md)\n```',
    '[five](/README.md) [six](../../outside.md)',
  ].join('\n\n');
  const all = new Map([['docs/page.md', readMarkdown(source)]]);
  expect(brokenIn(all).map((problem) => problem.replace(/^docs\/page.md:\d+: /, ''))).toEqual([
    '#twice-2: docs/page.md has no heading for #twice-2',
    'none.md: there is no docs/none.md',
    '../docs/none.md#x: there is no docs/none.md',
    '../none.md: there is no none.md',
    'none.svg: there is no docs/none.svg',
    '/README.md: must be relative',
    '../../outside.md: there is no ../outside.md',
  ]);
});

test('documents have no HTML: a placeholder in angle brackets would not be shown', () => {
  const found = [...documents].flatMap(([path, { tags }]) => tags.map((tag) => `${path}: ${tag}`));
  expect(found.filter((tag) => !/: <(?:img|br|picture|source|\/picture|!--)/.test(tag))).toEqual([]);
});
