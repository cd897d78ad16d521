import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-6';
import { type CodeBlock, type MarkdownFile, readMarkdown } from '../../scripts/docs/markdown.ts';
import { root } from '../../scripts/test/command.ts';

/** Files of the project that match a pattern of Git, new ones too. */
function filesLike(pattern: string): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', pattern], {
    cwd: root,
  });
  const paths = String(listed).split('\n').filter(Boolean);
  return [...new Set(paths)].filter((path) => existsSync(join(root, path))).sort();
}

/** All Markdown files of the project that people write, by path. */
export const documents: ReadonlyMap<string, MarkdownFile> = new Map(
  filesLike('*.md')
    .filter((path) => !path.startsWith('etc/'))
    .map((path) => [path, readMarkdown(readFileSync(join(root, path), 'utf8'))]),
);

/** A code block with its place, such as `README.md:12`. */
export interface Snippet extends CodeBlock {
  path: string;
  place: string;
}

/** The code of `@example` tags in one source file. */
function examplesIn(path: string): Snippet[] {
  const source = readFileSync(join(root, path), 'utf8');
  if (!source.includes('@example')) return [];
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const found: Snippet[] = [];
  const seen = new Set<ts.JSDocTag>();
  const visit = (node: ts.Node) => {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text !== 'example' || seen.has(tag)) continue;
      seen.add(tag);
      const comment = ts.getTextOfJSDocComment(tag.comment) ?? '';
      const line = file.getLineAndCharacterOfPosition(tag.getStart()).line + 1;
      const { blocks } = readMarkdown(comment);
      const whole: CodeBlock = { language: 'ts', tags: [], code: comment, line: 0, heading: '' };
      for (const block of blocks.length > 0 ? blocks : [whole]) {
        found.push({ ...block, line: line + block.line, path, place: `${path}:${line + block.line}` });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** All code blocks of the documents and of the docstrings. */
export const snippets: readonly Snippet[] = [
  ...[...documents].flatMap(([path, { blocks }]) =>
    blocks.map((block): Snippet => ({ ...block, path, place: `${path}:${block.line}` })),
  ),
  ...filesLike('src/**/*.ts').flatMap(examplesIn),
];
