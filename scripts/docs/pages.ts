import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { lexer, type Tokens } from 'marked';
import { root } from '../test/command.ts';
import { plainText, readMarkdown } from './markdown.ts';

/** A page of the site. */
export interface Page {
  /** Its Markdown in the project, such as `docs/guides/upload.md`. */
  source: string;
  /** Its Markdown in the site, such as `guides/upload.md`. */
  path: string;
  /** Short title for navigation. */
  title: string;
  description: string;
}

export interface Section {
  title: string;
  pages: readonly Page[];
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Pages outside of `docs`, if their file exists. */
const project: readonly Page[] = [
  { source: 'CHANGELOG.md', path: 'changelog.md', title: 'Changelog', description: 'what changed in each version' },
  { source: 'CONTRIBUTING.md', path: 'contributing.md', title: 'Contributing', description: 'how to change the code' },
  { source: 'SECURITY.md', path: 'security.md', title: 'Security', description: 'how to report a vulnerability' },
  { source: 'SUPPORT.md', path: 'support.md', title: 'Support', description: 'supported versions and where to ask' },
].filter(({ source }) => existsSync(join(root, source)));

/** The pages of one row of the index: the links of its first cell, with the text of the second. */
function pagesOfRow([links, text]: readonly Tokens.TableCell[]): Page[] {
  const found = (links?.tokens ?? []).filter((token): token is Tokens.Link => token.type === 'link');
  const description = plainText(text?.tokens ?? []);
  return found.map(({ href, tokens }, index) => {
    const source = normalize(join('docs', href));
    const title = index === 0 ? plainText(tokens) : readMarkdown(read(source)).headings[0]!.text;
    return { source, path: source.replace(/^docs\//, ''), title, description };
  });
}

/** All written pages in the order of the navigation: the sections of `docs/README.md`, then the files of the project. */
export function sections(): Section[] {
  const found: { title: string; pages: Page[] }[] = [];
  for (const token of lexer(read('docs/README.md'))) {
    if (token.type === 'heading' && token.depth === 2) found.push({ title: plainText(token.tokens ?? []), pages: [] });
    else if (token.type === 'table') found.at(-1)?.pages.push(...(token as Tokens.Table).rows.flatMap(pagesOfRow));
  }
  return [...found, { title: 'Project', pages: project }];
}

/** The path in the site of a file of the project; `undefined` if it is no page. */
export function pathInSite(source: string, pages: readonly Page[]): string | undefined {
  if (source === 'README.md' || source === 'docs/README.md') return 'index.md';
  return pages.find((page) => page.source === source)?.path;
}

/** What the landing page takes from the README. */
export function readmeParts(): {
  sentence: string;
  rest: string;
  install: string;
  demo: string;
  example: string;
  picture: string;
} {
  const source = read('README.md');
  const { blocks, links } = readMarkdown(source);
  const paragraph = lexer(source).find(({ type }) => type === 'paragraph') as Tokens.Paragraph;
  const text = plainText(paragraph.tokens).replace(/\s+/g, ' ').trim();
  const [sentence = text] = /^.+?[.](?=\s|$)/.exec(text) ?? [];
  const shell = (words: string) => blocks.find(({ language, code }) => language === 'sh' && code.includes(words))?.code;
  const parts = {
    sentence,
    rest: text.slice(sentence.length).trim(),
    install: shell('npm install kaggle-ts'),
    demo: shell('kaggle-ts demo'),
    example: blocks.find(({ language }) => language === 'ts')?.code,
    picture: links.find(({ href }) => href.endsWith('.svg'))?.href,
  };
  for (const [name, part] of Object.entries(parts)) {
    if (part === undefined) throw new Error(`README.md has no ${name} for the landing page`);
  }
  return parts as ReturnType<typeof readmeParts>;
}
