import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { formatCount, plural } from '../files/counts.ts';
import { Grid } from '../grid/grid.tsx';
import { sortedRows } from './columns.ts';
import type { GrowingTable } from './source.ts';

/** More of the file is read when fewer rows than this are below the view. */
const ahead = 200;

export interface GrowingGridProps {
  table: GrowingTable;
  /** Bytes of the file. */
  size: number;
  label: string;
  /** Options of the format, beside the facts. */
  options?: () => ComponentChildren;
}

/** A table that reads its file as it is scrolled. Sorting applies to the rows that were read, and says so. */
export function GrowingGrid({ table, size, label, options }: GrowingGridProps) {
  const [, setVersion] = useState(0);
  const [error, setError] = useState<unknown>();
  const [sort, setSort] = useState<{ column: number; descending: boolean }>();
  const reading = useRef<GrowingTable | undefined>(undefined);
  const alive = useRef(true);

  const read = async () => {
    if (reading.current === table || table.complete) return;
    reading.current = table;
    setVersion((version) => version + 1);
    try {
      setError(undefined);
      await table.more();
    } catch (reason) {
      if (alive.current) setError(reason);
    }
    if (reading.current === table) reading.current = undefined;
    if (alive.current) setVersion((version) => version + 1);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first rows, once per table
  useEffect(() => {
    alive.current = true;
    void read();
    return () => {
      alive.current = false;
    };
  }, [table]);

  const { rows, columns, complete, offset, facts } = table;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows grow in place
  const order = useMemo(
    () =>
      sort && sortedRows(rows, (row) => row[sort.column] ?? '', columns[sort.column]?.kind ?? 'text', sort.descending),
    [rows, rows.length, sort],
  );
  const changeSort = (column: number) => {
    if (sort?.column !== column) setSort({ column, descending: false });
    else setSort(sort.descending ? undefined : { column, descending: true });
  };
  const isWhole = offset >= size;
  const isEmpty = rows.length === 0 && columns.length === 0;
  return (
    <>
      <div class="preview-bar small">
        <span class="muted numbers">
          {isWhole
            ? plural(rows.length, 'row')
            : `First ${plural(rows.length, 'row')}, ${formatSize(offset)} of ${formatSize(size)}`}
          {`, ${plural(columns.length, 'column')}`}
          {reading.current === table && ', reading more'}
        </span>
        {sort && (
          <span class="preview-fact">
            {isWhole ? 'Sorted' : `Sorted: only the ${formatCount(rows.length)} loaded rows`}
          </span>
        )}
        {offset > 0 && options?.()}
        {sort && !complete && (
          <Button kind="quiet" onClick={read}>
            Load more rows
          </Button>
        )}
      </div>
      {facts.length > 0 && <p class="preview-facts small">{facts.join(' ')}</p>}
      {error !== undefined && <Problem error={error} onRetry={read} />}
      {isEmpty && complete && <p class="preview-note muted">The file has no rows.</p>}
      {isEmpty && !complete && error === undefined && <Skeleton lines={8} />}
      {columns.length > 0 && (
        <Grid
          label={label}
          columns={columns}
          rowCount={rows.length}
          row={(index) => rows[order ? order[index]! : index]}
          onView={(_, end) => {
            // A sorted table would move its rows while they are read.
            if (!sort && error === undefined && end > rows.length - ahead) queueMicrotask(read);
          }}
          sort={sort}
          onSort={changeSort}
        />
      )}
    </>
  );
}
