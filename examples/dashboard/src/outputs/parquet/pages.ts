import type { Cell, ParquetTable } from './table.ts';

/** The rows of some columns of a Parquet file, as far as they are in memory. */
export interface Pages {
  readonly columns: readonly number[];
  row(index: number): readonly Cell[] | undefined;
  /** The first row from `first` to `end` that is neither loaded nor being loaded. */
  missing(first: number, end: number): number | undefined;
  /** Loads the page of a row. */
  load(row: number): Promise<void>;
}

/** Pages that are kept. */
const mostPages = 30;

/** Creates an empty store of pages. */
export function createPages(table: ParquetTable, columns: readonly number[]): Pages {
  const pages: { readonly first: number; readonly rows: readonly (readonly Cell[])[] }[] = [];
  const loading = new Set<number>();
  const pageOf = (row: number) => pages.find(({ first, rows }) => row >= first && row < first + rows.length);
  return {
    columns,
    row(index) {
      const page = pageOf(index);
      return page?.rows[index - page.first];
    },
    missing(first, end) {
      // One page at a time: the next one is usually in the same row group, whose bytes are then in memory.
      if (loading.size > 0) return undefined;
      for (let row = first; row < end; ) {
        const page = pageOf(row);
        if (!page) return row;
        row = page.first + page.rows.length;
      }
      return undefined;
    },
    async load(row) {
      loading.add(row);
      try {
        const page = await table.readPage(row, columns);
        pages.push(page);
        if (pages.length > mostPages) pages.shift();
      } finally {
        loading.delete(row);
      }
    },
  };
}
