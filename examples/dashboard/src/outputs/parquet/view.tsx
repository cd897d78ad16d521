import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { size as formatSize } from '../../ui/size.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { formatCount, plural } from '../files/counts.ts';
import { visibleName } from '../files/names.ts';
import { Grid } from '../grid/grid.tsx';
import type { PreviewProps } from '../preview/preview-props.ts';
import { useLoaded } from '../preview/use-loaded.ts';
import { createPages, type Pages } from './pages.ts';
import { Schema } from './schema.tsx';
import { openParquet, type ParquetTable } from './table.ts';

/** Rows of one scroll area: browsers limit the height of an element. */
const rowsAtOnce = 500_000;

/** Rows that take more bytes are read only when the user wants it. */
const askAbove = 32_000_000;

/** Columns that are read at first; others are read with the schema. */
const firstColumns = 60;

function Rows({ table, name }: { table: ParquetTable; name: string }) {
  const [columns, setColumns] = useState(() => table.columns.map((_, index) => index).slice(0, firstColumns));
  const [area, setArea] = useState(0);
  const [, setVersion] = useState(0);
  const [error, setError] = useState<unknown>();
  const [allowed, setAllowed] = useState(askAbove);
  const [asked, setAsked] = useState<number>();
  const [isSchema, setIsSchema] = useState(false);
  const pages = useRef<Pages | undefined>(undefined);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  if (pages.current?.columns !== columns) pages.current = createPages(table, columns);

  const base = area * rowsAtOnce;
  const count = Math.min(rowsAtOnce, table.rowCount - base);
  const load = async (first: number, end: number) => {
    const { current } = pages;
    if (!current || error !== undefined) return;
    const row = current.missing(base + first, base + end);
    if (row === undefined) return;
    const cost = table.cost(row, columns);
    if (cost > allowed) {
      if (asked !== cost) setAsked(cost);
      return;
    }
    try {
      await current.load(row);
    } catch (reason) {
      if (alive.current) setError(reason);
    }
    if (alive.current) setVersion((version) => version + 1);
  };
  return (
    <>
      <div class="preview-bar small">
        <span class="muted numbers">
          {plural(table.rowCount, 'row')}, {plural(table.columns.length, 'column')},{' '}
          {plural(table.rowGroups, 'row group')}
          {table.codecs.length > 0 && `, ${table.codecs.join(', ').toLowerCase()}`}
        </span>
        <Button kind="quiet" aria-pressed={isSchema} onClick={() => setIsSchema(!isSchema)}>
          {isSchema ? 'Rows' : 'Schema'}
        </Button>
        {table.rowCount > rowsAtOnce && (
          <>
            <Button
              kind="quiet"
              icon="left"
              aria-label="Previous rows"
              disabled={area === 0}
              onClick={() => setArea(area - 1)}
            />
            <span class="numbers">
              Rows {formatCount(base + 1)} to {formatCount(base + count)}
            </span>
            <Button
              kind="quiet"
              icon="right"
              aria-label="Next rows"
              disabled={base + count >= table.rowCount}
              onClick={() => setArea(area + 1)}
            />
          </>
        )}
      </div>
      {error !== undefined && <Problem error={error} onRetry={() => setError(undefined)} />}
      {asked !== undefined && (
        <div class="preview-note">
          <p>
            These rows take up to {formatSize(asked)}: the file has large row groups, and they are read as a whole.
            Choose fewer columns in the schema to read less.
          </p>
          <Button
            onClick={() => {
              setAllowed(asked);
              setAsked(undefined);
            }}
          >
            Read {formatSize(asked)}
          </Button>
        </div>
      )}
      {isSchema ? (
        <Schema
          table={table}
          chosen={columns}
          onChoose={(chosen) => {
            setColumns(chosen);
            setAsked(undefined);
          }}
        />
      ) : table.rowCount === 0 ? (
        <p class="preview-note muted">The file has no rows. The schema shows its columns.</p>
      ) : (
        <Grid
          key={area}
          label={`Rows of ${visibleName(name).slice(0, 200)}`}
          columns={columns.map((index) => table.columns[index]!)}
          rowCount={count}
          firstNumber={base + 1}
          row={(index) => pages.current?.row(base + index)}
          onView={(first, end) => queueMicrotask(() => load(first, end))}
        />
      )}
    </>
  );
}

/** A Parquet file: its schema, and its rows as they are scrolled to. */
export default function ParquetView({ source }: PreviewProps) {
  const { value: table, error, retry } = useLoaded(() => openParquet(source));
  if (error !== undefined) return <Problem error={error} onRetry={retry} />;
  return table ? <Rows table={table} name={source.name} /> : <Skeleton lines={8} />;
}
