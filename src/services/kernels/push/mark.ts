import type { Language } from './job-text.ts';

/**
 * A text at the end of a source that identifies its push: `kaggle-ts job`, the hash of what identifies it, and a hash of what
 * was pushed. It is a comment, so that it has no effect and moves no line.
 */
export interface PushMark {
  /** Identifies the push, in hexadecimal. */
  readonly id: string;
  /** Identifies the pushed content, in hexadecimal. */
  readonly content: string;
}

const form = /kaggle-ts job ([0-9a-f]{24})\.([0-9a-f]{8})/g;

/** The mark as text. */
export function markText({ id, content }: PushMark): string {
  return `kaggle-ts job ${id}.${content}`;
}

/** The mark of a source: the last one, as the source of an earlier push may be part of it. */
export function markIn(source: string): PushMark | undefined {
  const [, id, content] = [...source.matchAll(form)].at(-1) ?? [];
  return id === undefined ? undefined : { id, content: content! };
}

/** The source with a comment at its end. */
export function withMark(source: string, language: Language, mark: string | undefined): string {
  if (mark === undefined) return source;
  const end = source === '' || source.endsWith('\n') ? '' : '\n';
  // Text of R Markdown has comments of HTML. In a code block that is not closed it is R.
  const isText = language === 'rmarkdown' && (source.match(/^\s*```/gm) ?? []).length % 2 === 0;
  return `${source}${end}${isText ? `\n<!-- ${mark} -->` : `# ${mark}`}\n`;
}

/** The source of a cell of text that shows nothing. */
export function markCell(mark: string): string {
  return `<!-- ${mark} -->`;
}

const ownLine = /(?:# |<!-- )kaggle-ts job [0-9a-f]{24}\.[0-9a-f]{8}(?: -->)?\n?$/;

/** Whether the source of a cell is `markCell`. */
export function isMarkCell(source: string): boolean {
  return source.search(ownLine) === 0;
}

/** A source without its mark, if it was read back from Kaggle to be pushed again. */
export function withoutMark(source: string): string {
  const at = source.search(ownLine);
  return at > 0 && source[at - 1] === '\n' ? source.slice(0, at) : source;
}
