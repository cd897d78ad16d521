import { toCsv } from './csv.ts';
import { type Column, cellOf, type RunRow } from './table.ts';

/** All runs with all columns, as CSV. */
export function csvOf(rows: readonly RunRow[], columns: readonly Column[]): string {
  return toCsv([
    ['run', 'status', 'problem', ...columns.map(({ name, kind }) => `${kind}: ${name}`)],
    ...rows.map((row) => [
      row.key,
      row.status,
      row.problem ?? row.failureMessage,
      ...columns.map((column) => cellOf(row, column)),
    ]),
  ]);
}

/** Saves a text as a file of the browser's downloads. */
export function saveText(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  // The mark at the beginning has spreadsheets read the file as UTF-8.
  link.href = URL.createObjectURL(new Blob(['\ufeff', text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
