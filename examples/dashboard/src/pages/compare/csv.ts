type Cell = string | number | boolean | undefined;

function quote(cell: Cell): string {
  if (typeof cell !== 'string') return cell === undefined ? '' : String(cell);
  // Spreadsheets run cells that begin with these characters as formulas.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as CSV (RFC 4180). */
export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}
