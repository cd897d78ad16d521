import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/test/command.ts';
import { documents, snippets } from './documents.ts';

test('the documents that are named are there', () => {
  const missing: string[] = [];
  const current = [...documents.keys()].filter((path) => /^(?:docs\/|README|CONTRIBUTING)/.test(path));
  for (const path of current) {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, name] of text.matchAll(/`((?:docs|src|test|examples|scripts|contract)\/[\w./-]+)`/g)) {
      try {
        readFileSync(join(root, name!));
      } catch (error) {
        if ((error as { code?: string }).code !== 'EISDIR') missing.push(`${path} names ${name}`);
      }
    }
  }
  expect(missing).toEqual([]);
});

test('slugs and titles in code are some that Kaggle accepts', () => {
  const literals = (pattern: RegExp) =>
    snippets.flatMap(({ code, place }) => [...code.matchAll(pattern)].map(([, value]) => `${place}: ${value}`));
  const slugs = literals(/\bslug: (?:'|`\$\{\w+\}\/)([^'`]*)['`]/g);
  const titles = literals(/\b(?:title|newTitle): '([^']*)'/g);
  expect(Math.min(slugs.length, titles.length)).toBeGreaterThan(20);
  expect(slugs.filter((slug) => !/: (?:\w+\/)?[a-z0-9-]{6,50}$/.test(slug))).toEqual([]);
  expect(titles.filter((title) => !/: .{6,50}$/.test(title))).toEqual([]);
});

test('each fact of the emulator has its confidence and a test', () => {
  const { 1: table } = readFileSync(join(root, 'docs/emulator.md'), 'utf8').split(/^## (?=What is observed|Options)/m);
  const rows = [...table!.matchAll(/^\| (.+) \| (.+) \| (.+) \|$/gm)].slice(1);
  expect(rows.length).toBeGreaterThan(40);
  for (const [row, , confidence, tests] of rows) {
    expect(confidence, row).toMatch(/^[ABC]\b/);
    let file: string | undefined;
    const named = [...tests!.matchAll(/(?:([\w-]+): )?"([^"]+)"/g)];
    expect(named.length, row).toBeGreaterThan(0);
    for (const [, room, title] of named) {
      file = room ?? file;
      const text = readFileSync(join(root, `test/testing/${file}.test.ts`), 'utf8');
      expect(text.includes(title!), `${file}: ${title}`).toBe(true);
    }
  }
});
