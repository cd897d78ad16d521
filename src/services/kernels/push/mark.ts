import type { Language } from './job-text.ts';

/**
 * Identifies a push by a comment at the end of its source, `kaggle-ts job <id>.<content>.<nonce>`. It has no effect, and moves no line
 * of the code.
 */
export interface PushMark {
  /** Identifies the push: 24 hexadecimal digits. */
  readonly id: string;
  /** Identifies what was pushed: 8 hexadecimal digits. */
  readonly content: string;
  /** Identifies the attempt, as a refused one may leave a version without a run: 8 hexadecimal digits. */
  readonly nonce: string;
}

const digits = 'kaggle-ts job ([0-9a-f]{24})\\.([0-9a-f]{8})\\.([0-9a-f]{8})';
const anywhere = new RegExp(digits, 'g');
/** A comment that consists of a mark, at the end of a source. */
const atEnd = new RegExp(`(?:# |<!-- )${digits}(?: -->)?\\n?$`);

/** A mark that no other push has. */
export function randomMark(): PushMark {
  return { id: crypto.randomUUID().replaceAll('-', '').slice(0, 24), content: '00000000', nonce: newNonce() };
}

export function newNonce(): string {
  return crypto.randomUUID().slice(0, 8);
}

/** The mark as text. */
export function markText({ id, content, nonce }: PushMark): string {
  return `kaggle-ts job ${id}.${content}.${nonce}`;
}

/** The mark of a source: the last one in it, as it may contain the source of an earlier push. */
export function readMark(source: string): PushMark | undefined {
  const [, id, content = '', nonce = ''] = [...source.matchAll(anywhere)].at(-1) ?? [];
  return id === undefined ? undefined : { id, content, nonce };
}

/** The source with a comment at its end. */
export function withMark(source: string, language: Language, mark: PushMark | undefined): string {
  if (!mark) return source;
  const end = source === '' || source.endsWith('\n') ? '' : '\n';
  // Text of R Markdown has comments of HTML. In a code block that is not closed it is R.
  const isText = language === 'rmarkdown' && (source.match(/^\s*```/gm) ?? []).length % 2 === 0;
  return `${source}${end}${isText ? `\n${markCell(mark)}` : `# ${markText(mark)}`}\n`;
}

/** The source of a cell of text that shows nothing. */
export function markCell(mark: PushMark): string {
  return `<!-- ${markText(mark)} -->`;
}

/** Whether the source of a cell is `markCell`. */
export function isMarkCell(source: string): boolean {
  return source.search(atEnd) === 0;
}

/** The source without its mark, if it was read back from Kaggle to be pushed again. */
export function withoutMark(source: string): string {
  const at = source.search(atEnd);
  if (at <= 0 || source[at - 1] !== '\n') return source;
  // A comment of HTML follows an empty line.
  return source.slice(0, source[at] === '<' && source[at - 2] === '\n' ? at - 1 : at);
}
