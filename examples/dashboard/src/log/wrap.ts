/** Text of which each UTF-16 unit takes one cell: no tabs, and nothing from scripts with wide or combining characters. */
const even =
  /^[\x20-\x7e\u00a0-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u2190-\u23ef\u2500-\u25fc\u2610-\u26ff\u2800-\u28ff]*$/;

const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}/u;
const joined = /^[\p{Mn}\p{Me}\p{Cf}]/u;

const tabStop = 8;

/** Number of cells that a character takes in a row of which `cells` are taken. */
function cellsOf(character: string, cells: number): number {
  if (character === '\t') return tabStop - (cells % tabStop);
  if (character < '\u0300') return 1;
  if (joined.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** The starts of the rows of a text that is not even. */
function rowStarts(text: string, columns: number): number[] {
  const starts = [0];
  let cells = 0;
  let at = 0;
  for (const character of text) {
    const own = cellsOf(character, cells);
    if (cells + own > columns && cells > 0) {
      starts.push(at);
      cells = cellsOf(character, 0);
    } else cells += own;
    at += character.length;
  }
  return starts;
}

/** Where the rows of a text start; `undefined` if it is even. */
interface Layout {
  readonly text: string;
  readonly columns: number;
  readonly starts: readonly number[] | undefined;
}

/** The last layout: all rows of a long line are drawn one after the other. */
let last: Layout | undefined;

function layout(text: string, columns: number): Layout {
  if (last?.text !== text || last.columns !== columns) {
    last = { text, columns, starts: even.test(text) ? undefined : rowStarts(text, columns) };
  }
  return last;
}

/** Number of rows of `columns` cells that a line takes. */
export function countRows(text: string, columns: number): number {
  return even.test(text) ? Math.max(1, Math.ceil(text.length / columns)) : layout(text, columns).starts!.length;
}

/** The part of a line that is in one of its rows: `[start, end)` in UTF-16 units. */
export function rowBounds(text: string, columns: number, row: number): [start: number, end: number] {
  const { starts } = layout(text, columns);
  if (!starts) return [row * columns, Math.min(text.length, (row + 1) * columns)];
  return [starts[row] ?? text.length, starts[row + 1] ?? text.length];
}

/** The row of a line that contains the position. */
export function rowAt(text: string, columns: number, position: number): number {
  const { starts } = layout(text, columns);
  if (!starts) return Math.min(Math.floor(position / columns), Math.max(0, Math.ceil(text.length / columns) - 1));
  return Math.max(
    0,
    starts.findLastIndex((start) => start <= position),
  );
}
