import type { GrowingTable } from '../csv/source.ts';
import { plural } from '../files/counts.ts';
import { readingMore } from '../grid/read-more.ts';
import type { FileSource } from '../preview/source.ts';
import { createDecoder, type PieceDecoder } from '../text/encoding.ts';
import { type JsonNode, parseJson, summarize } from './nodes.ts';

const firstPiece = 64 * 1024;
const nextPiece = 512 * 1024;

/** Text of rows that is kept, and the longest line, in UTF-16 units. */
const mostText = 64 * 1024 * 1024;
const longestLine = 1024 * 1024;

/** Columns of a table; objects with more names lose the rest in the preview. */
const mostColumns = 200;

const cellOf = (node: JsonNode): string =>
  node.type === 'string' ? node.text : node.type === 'null' ? '' : summarize(node, 500);

/** Opens JSON Lines as a table with one row per line and one column per name of the first lines. */
export function openJsonLines(file: Pick<FileSource, 'size' | 'read'>): GrowingTable {
  let offset = 0;
  let decoder: PieceDecoder | undefined;
  let rest = '';
  let held = 0;
  let stopped: string | undefined;
  let invalid = 0;
  const indices = new Map<string, number>();
  const numeric: boolean[] = [];
  const rows: string[][] = [];
  let unnamed = 0;

  function columnOf(name: string): number | undefined {
    const known = indices.get(name);
    if (known !== undefined) return known;
    if (indices.size >= mostColumns) {
      unnamed++;
      return undefined;
    }
    indices.set(name, indices.size);
    numeric.push(true);
    return indices.size - 1;
  }
  function addLine(line: string): void {
    if (line.trim() === '') return;
    const { root, problem } = parseJson(line);
    const row: string[] = [];
    const put = (name: string, text: string, type: JsonNode['type']) => {
      const index = columnOf(name);
      if (index === undefined) return;
      row[index] = text;
      if (type !== 'number' && type !== 'null') numeric[index] = false;
    };
    if (problem !== undefined || !root) {
      invalid++;
      put('(invalid line)', line.slice(0, 500), 'string');
    } else if (root.type === 'object') {
      for (const [name, value] of root.entries) put(name, cellOf(value), value.type);
    } else if (root.type === 'array') {
      for (const [index, value] of root.items.entries()) put(`Column ${index + 1}`, cellOf(value), value.type);
    } else put('value', cellOf(root), root.type);
    rows.push(Array.from(row, (cell) => cell ?? ''));
  }
  async function readPiece(): Promise<void> {
    const end = Math.min(file.size, offset + (offset === 0 ? firstPiece : nextPiece));
    const bytes = await file.read(offset, end);
    decoder ??= createDecoder(bytes);
    const last = end >= file.size;
    const text = rest + decoder.decode(bytes, last);
    offset = end;
    held += bytes.length;
    const lines = text.split('\n');
    rest = last ? '' : lines.pop()!;
    for (const line of lines) addLine(line);
    if (rest.length > longestLine) stopped = 'A line is longer than 1 MiB. Rows after it are not shown.';
    else if (held > mostText && !last) stopped = 'Enough rows for a preview. Download the file to see the rest.';
  }

  const isComplete = () => offset >= file.size || stopped !== undefined;

  return {
    get columns() {
      return [...indices.keys()].map((name, index) => ({ name, kind: numeric[index] ? 'number' : 'text' }) as const);
    },
    rows,
    get offset() {
      return offset;
    },
    get complete() {
      return isComplete();
    },
    get facts() {
      return [
        ...(stopped ? [stopped] : []),
        ...(invalid > 0 ? [`${plural(invalid, 'line')} that ${invalid === 1 ? 'is' : 'are'} not valid JSON.`] : []),
        ...(unnamed > 0 ? [`Only the first ${mostColumns} names are columns.`] : []),
      ];
    },
    more: readingMore({ count: () => rows.length, isComplete, readPiece }),
  };
}
