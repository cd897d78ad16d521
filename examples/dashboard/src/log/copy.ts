import type { StreamFilter } from './rows.ts';
import type { LogLine } from './store.ts';

/** A position in a log. */
export interface Position {
  /** Index of the line. */
  readonly index: number;
  /** Position in its text. */
  readonly at: number;
}

/** The text of a log, or the part between two positions in any order. Wrapped lines stay one line. */
export function textOf(lines: readonly LogLine[], stream: StreamFilter, part?: readonly [Position, Position]): string {
  const [from, to] = part ? [...part].sort((a, b) => a.index - b.index || a.at - b.at) : [];
  const first = from?.index ?? 0;
  const texts: string[] = [];
  lines.slice(first, to ? to.index + 1 : undefined).forEach((line, offset) => {
    if (stream !== 'all' && line.stream !== stream) return;
    const start = from && offset === 0 ? from.at : 0;
    texts.push(line.text.slice(start, to && first + offset === to.index ? to.at : undefined));
  });
  return part ? texts.join('\n') : texts.map((text) => `${text}\n`).join('');
}

/** The position in the log of a position in the document; `undefined` outside of its rows. See rows.tsx for the attributes. */
export function positionOf(node: Node | null, offset: number): Position | undefined {
  const row = (node instanceof Element ? node : node?.parentElement)?.closest<HTMLElement>('.log-row');
  const text = row?.querySelector('.log-text');
  if (!node || !row || !text) return undefined;
  const { index = '', start = '' } = row.dataset;
  const isInside = text.contains(node);
  const range = document.createRange();
  range.setStart(text, 0);
  if (isInside) range.setEnd(node, offset);
  // Behind the text, or in front of it on the number of the line.
  else if (text.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) range.collapse(true);
  else range.setEnd(text, text.childNodes.length);
  return { index: Number(index), at: Number(start) + range.toString().length };
}
