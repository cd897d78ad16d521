import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../test/command.ts';
import { isImage, linkInSite } from './links.ts';
import { mapLinks, readMarkdown } from './markdown.ts';
import { type Page, readmeParts, type Section } from './pages.ts';

const escaped = (text: string) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

/** Cards that lead to pages. */
const cards = (pages: readonly Page[]) =>
  pages
    .map(
      ({ path, title, description }) =>
        `<a class="card" href="./${path.replace(/md$/, 'html')}"><strong>${escaped(title)}</strong><span>${escaped(description)}</span></a>`,
    )
    .join('\n');

function landingPage([guides, ...others]: readonly Section[], repository: string): string {
  const { sentence, rest, install, demo, example, picture } = readmeParts();
  const hero = {
    name: 'kaggle-ts',
    tagline: sentence,
    actions: [
      { theme: 'brand', text: 'Get started', link: `/${guides!.pages[0]!.path}` },
      { theme: 'alt', text: 'API reference', link: '/api/' },
      { theme: 'alt', text: 'GitHub', link: repository },
    ],
  };
  const fence = (language: string, code: string) => [`\`\`\`${language}`, code, '```', ''];
  const section = ({ title, pages }: Section) => [`## ${title}`, '', '<div class="cards">', cards(pages), '</div>', ''];
  const lines = [
    '---',
    'layout: home',
    'editLink: false',
    `hero: ${JSON.stringify(hero)}`,
    '---',
    '',
    rest,
    '',
    ...fence('sh', install),
    '## The job in ten lines',
    '',
    ...fence('ts', example),
    '## Without an account',
    '',
    'The demo runs the whole job on sample data, with the emulator:',
    '',
    ...fence('sh', demo),
    `![The demo in a terminal](./${picture.replace('docs/', '')})`,
    '',
    'The emulator runs your own programs, too: see [without an account](./guides/credentials.md#without-an-account).',
    '',
    ...section(guides!),
    ...others.flatMap(section),
  ];
  return lines.join('\n');
}

/** Writes the Markdown of the site: the documents with links of the site, the images that they show, the landing page. */
export function writePages(folder: string, sections: readonly Section[], repository: string): void {
  const pages = sections.flatMap((section) => section.pages);
  for (const page of pages) {
    const file = join(folder, page.path);
    mkdirSync(dirname(file), { recursive: true });
    const source = readFileSync(join(root, page.source), 'utf8');
    const text = mapLinks(source, (href) => linkInSite(href, page, pages, repository));
    for (const { href } of readMarkdown(source).links) {
      if (!isImage(href) || /^[a-z]+:/i.test(href)) continue;
      copyFileSync(
        join(root, dirname(page.source), href),
        join(dirname(file), linkInSite(href, page, pages, repository)),
      );
    }
    const matter = { source: page.source, description: page.description };
    writeFileSync(file, `---\n${JSON.stringify(matter)}\n---\n\n${text}`);
  }
  const { picture } = readmeParts();
  copyFileSync(join(root, picture), join(folder, picture.replace('docs/', '')));
  writeFileSync(join(folder, 'index.md'), landingPage(sections, repository));
}
