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

/** Where the next row starts: after the last blank in the second half of this one, or at `end`, which does not fit. */
function breakAt(text: string, start: number, end: number): number {
  const blank = text.slice(start, end).lastIndexOf(' ');
  return blank > (end - start) / 2 ? start + blank + 1 : end;
}

/** The index of the first character that does not fit into a row, and the length of the text if all does. */
function endOfRow(text: string, start: number, columns: number): number {
  let cells = 0;
  for (let at = start; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at)!);
    cells += cellsOf(character, cells);
    if (cells > columns && at > start) return at;
    at += character.length;
  }
  return text.length;
}

/** The starts of the rows of a text. */
function rowStarts(text: string, columns: number): number[] {
  const starts = [0];
  const isEven = even.test(text);
  for (let start = 0; ; ) {
    const end = isEven ? Math.min(text.length, start + columns) : endOfRow(text, start, columns);
    if (end === text.length) return starts;
    start = breakAt(text, start, end);
    starts.push(start);
  }
}

/** The rows of the last text: all rows of a long line are drawn one after the other. */
let last = { text: '', columns: 0, starts: [0] as readonly number[] };

function layout(text: string, columns: number): readonly number[] {
  if (last.text !== text || last.columns !== columns) last = { text, columns, starts: rowStarts(text, columns) };
  return last.starts;
}

/** Number of rows of `columns` cells that a line takes. Lines are broken at blanks if there are some. */
export function countRows(text: string, columns: number): number {
  return text.length <= columns && even.test(text) ? 1 : layout(text, columns).length;
}

/** The part of a line that is in one of its rows: `[start, end)` in UTF-16 units. */
export function rowBounds(text: string, columns: number, row: number): [start: number, end: number] {
  const starts = layout(text, columns);
  return [starts[row] ?? text.length, starts[row + 1] ?? text.length];
}

/** The row of a line that contains the position. */
export function rowAt(text: string, columns: number, position: number): number {
  return Math.max(
    0,
    layout(text, columns).findLastIndex((start) => start <= position),
  );
}
