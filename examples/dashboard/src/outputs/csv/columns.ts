/** What the cells of a column are. */
export type ColumnKind = 'number' | 'text';

const missing = /^(?:na|n\/a|nan|null|none|-?inf(?:inity)?|\?|-)?$/i;
const plainNumber = /^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?%?$/i;
const groupedNumber = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const commaNumber = /^[+-]?\d+,\d+$/;

/** Whether a cell is a number as people write it; cells that mean "missing" are not. */
export function isNumeric(cell: string): boolean {
  const text = cell.trim();
  return plainNumber.test(text) || groupedNumber.test(text) || commaNumber.test(text);
}

/** Whether a cell means that there is no value. */
export function isMissing(cell: string): boolean {
  return missing.test(cell.trim());
}

/** Converts a numeric cell; `NaN` for others. */
export function toNumber(cell: string): number {
  const text = cell.trim();
  if (groupedNumber.test(text)) return Number(text.replaceAll(',', ''));
  if (commaNumber.test(text)) return Number(text.replace(',', '.'));
  return plainNumber.test(text) ? Number(text.replaceAll('_', '').replace('%', '')) : Number.NaN;
}

/** Detects the kind of column `index` by the first rows: a number if all its cells are numbers or missing. */
export function columnKind(rows: readonly (readonly string[])[], index: number): ColumnKind {
  let numbers = 0;
  for (const row of rows.slice(0, 200)) {
    const cell = row[index] ?? '';
    if (isNumeric(cell)) numbers++;
    else if (!isMissing(cell)) return 'text';
  }
  return numbers > 0 ? 'number' : 'text';
}

/** Whether the first record names the columns: it has no numbers, and either differs from those below or has unique names. */
export function hasHeader(records: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = records;
  if (!first) return false;
  if (first.some((cell) => isNumeric(cell))) return false;
  if (rest.length === 0) return true;
  const named = first.filter((cell) => cell.trim() !== '');
  if (first.some((_, index) => columnKind(rest, index) === 'number')) return true;
  const repeated = first.some((cell, index) => cell !== '' && rest.slice(0, 50).some((row) => row[index] === cell));
  return named.length >= first.length - 1 && new Set(named).size === named.length && !repeated;
}

const order = new Intl.Collator('en', { numeric: true });

/** Compares two cells of a column; missing values come last. */
export function compareCells(a: string, b: string, kind: ColumnKind): number {
  if (kind === 'number') {
    const [x, y] = [toNumber(a), toNumber(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x - y;
  }
  const [noA, noB] = [a.trim() === '', b.trim() === ''];
  return noA || noB ? Number(noA) - Number(noB) : order.compare(a, b);
}

/** Returns the indices of `rows` in the order of a column. Equal cells keep their order. */
export function sortedRows<Row>(
  rows: readonly Row[],
  cellOf: (row: Row) => string,
  kind: ColumnKind,
  descending: boolean,
): number[] {
  const cells = rows.map(cellOf);
  const absent = (cell: string) => (kind === 'number' ? Number.isNaN(toNumber(cell)) : cell.trim() === '');
  return cells
    .map((_, index) => index)
    .sort((a, b) => {
      const compared = compareCells(cells[a]!, cells[b]!, kind);
      // Missing values stay last in both orders.
      const turned = descending && !absent(cells[a]!) && !absent(cells[b]!) ? -compared : compared;
      return turned || a - b;
    });
}
