import { expect, test } from 'vitest';
import { linkInSite } from '../../scripts/docs/links.ts';
import { mapLinks } from '../../scripts/docs/markdown.ts';
import { type Page, readmeParts, sections } from '../../scripts/docs/pages.ts';
import { documents } from './documents.ts';

const pages = sections().flatMap((section) => section.pages);

test('the index of the documents has each of them once, with a description', () => {
  const written = [...documents.keys()].filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
  const listed = pages.map(({ source }) => source).filter((source) => source.startsWith('docs/'));
  expect(listed.toSorted()).toEqual(written.toSorted());
  expect(pages.filter(({ title, description }) => !title || !description)).toEqual([]);
});

test('the landing page begins with guides, and has its parts from the README', () => {
  expect(sections()[0]?.pages.every(({ path }) => path.startsWith('guides/'))).toBe(true);
  const { sentence, install, example } = readmeParts();
  expect(sentence).toMatch(/^An unofficial .+\.$/);
  expect(install).toContain('npm install kaggle-ts');
  expect(example).toContain("from 'kaggle-ts'");
});

test.each([
  ['../transfers.md#resuming', '../transfers.md#resuming'],
  ['run.md', './run.md'],
  ['#here', '#here'],
  ['https://example.com/a.md#b', 'https://example.com/a.md#b'],
  ['../../CHANGELOG.md', '../changelog.md'],
  ['../../README.md', '../index.md'],
  ['../README.md', '../index.md'],
  ['../demo.svg', '../demo.svg'],
  // The landing page has a part of the README only.
  ['../../README.md#limits', 'https://example.com/code/blob/main/README.md#limits'],
  ['../../src/core', 'https://example.com/code/tree/main/src/core'],
  ['../../test/docs/README.md', 'https://example.com/code/blob/main/test/docs/README.md'],
])('a link of a guide to %s is %s in the site', (href, expected) => {
  const guide = pages.find(({ path }) => path === 'guides/upload.md') as Page;
  expect(linkInSite(href, guide, pages, 'https://example.com/code')).toBe(expected);
});

test('only links change, not code that looks like one', () => {
  const source = [
    '`[a](a.md)` [b `c`](a.md) ![d](a.md)',
    '- [e](a.md)\n\n  ```md\n  [f](a.md)\n  ```',
    '| [g](a.md) | `[h](a.md)` |\n|---|---|\n| [i](b.md "Title") | [j][k] |',
    '```md\n[l](a.md)\n```\n\n[m](a.md)',
  ].join('\n\n');
  const mapped = mapLinks(source, (href) => `X/${href}`);
  expect(mapped.match(/\[[^\]]+\]\(X\//g)?.map((link) => link[1])).toEqual(['b', 'd', 'e', 'g', 'i', 'm']);
  expect(mapped.replaceAll('X/', '')).toBe(source);
});
