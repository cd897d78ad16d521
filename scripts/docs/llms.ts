import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ApiModule } from './api.ts';
import { readmeParts, type Section } from './pages.ts';

const withoutMatter = (text: string) => text.replace(/^---\n[\s\S]*?\n---\n+/, '');

/**
 * Writes what language models read, beside the pages: `llms.txt` (an index, as llmstxt.org describes it), `llms-full.txt`
 * (all written pages in one file), and the Markdown of each page under the address of the page with `.md`.
 */
export function writeLlms(
  pages: string,
  out: string,
  sections: readonly Section[],
  api: readonly ApiModule[],
  url: string,
): void {
  for (const path of globSync('**/*.md', { cwd: pages })) {
    if (path === 'index.md') continue;
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), withoutMatter(readFileSync(join(pages, path), 'utf8')));
  }
  const { sentence, rest, install, example } = readmeParts();
  const head = ['# kaggle-ts', '', `> ${sentence}`, '', rest, ''];
  const groups = sections.map(({ title, pages: listed }) => ({
    // By the format, what stands under this heading may be left out where space is short.
    title: title === 'Project' || title === 'Background' ? 'Optional' : title,
    lines: listed.map(({ path, title, description }) => `- [${title}](${url}${path}): ${description}`),
  }));
  const reference = api.map(({ name, path, description }) => `- [${name}](${url}${path}): ${description}`);
  groups.splice(2, 0, { title: 'API', lines: reference });
  const merged = new Map<string, string[]>();
  for (const { title, lines } of groups) merged.set(title, [...(merged.get(title) ?? []), ...lines]);
  const index = [...merged].flatMap(([title, lines]) => [`## ${title}`, '', ...lines, '']);
  writeFileSync(join(out, 'llms.txt'), [...head, ...index].join('\n'));

  const whole = sections.flatMap(({ pages: listed }) =>
    listed.map(({ path }) => `Source: ${url}${path}\n\n${readFileSync(join(out, path), 'utf8').trim()}\n`),
  );
  const start = [...head, '```sh', install, '```', '', '```ts', example, '```', ''].join('\n');
  writeFileSync(join(out, 'llms-full.txt'), [start, ...whole].join('\n---\n\n'));
}
