import { isTerminal } from 'kaggle-ts/kernels';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { createComparison } from './comparison.ts';
import { Controls } from './controls.tsx';
import { csvOf, saveText } from './export.ts';
import { Figure } from './figure.tsx';
import { Pending } from './pending.tsx';
import { RunsTable } from './runs-table.tsx';
import type { ComparedRun } from './selection.ts';
import type { RunRow } from './table.ts';
import { readView, shortNames } from './view.ts';

/** The comparison of some runs. */
export function Compare({ runs, query }: { runs: readonly ComparedRun[]; query: URLSearchParams }) {
  const [attempt, setAttempt] = useState(0);
  const file = query.get('file') || undefined;
  const key = runs.map(({ key }) => key).join();
  const last = useRef<{ file: string | undefined; rows: readonly RunRow[] }>({ file, rows: [] });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the runs; each attempt loads again
  const comparison = useMemo(
    () => createComparison(runs, file, last.current.file === file ? last.current.rows : []),
    [key, file, attempt],
  );
  useEffect(() => comparison.start(), [comparison]);

  const all = comparison.rows.value;
  last.current = { file, rows: all };
  const error = comparison.error.value;
  const rows = useMemo(() => all.filter(({ metrics }) => metrics), [all]);
  const names = useMemo(() => shortNames(all), [all]);
  const view = useMemo(() => readView(query, rows), [query, rows]);
  const known = all.filter(({ metrics, problem }) => metrics || problem !== undefined).length;
  const isDone = known === all.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is said once, when all are loaded
  useEffect(() => {
    if (isDone) announce(`${rows.length} of ${all.length} runs have metrics`);
  }, [isDone]);

  const isReading = all.some(({ status, metrics, problem }) => !metrics && problem === undefined && !isPending(status));
  return (
    <>
      <div class="compare-head small">
        <p class="muted numbers">
          {rows.length} of {all.length} runs have metrics{isReading ? ' (loading)' : ''}
        </p>
        {all.some(({ retry }) => retry) && (
          <Button icon="rerun" onClick={() => setAttempt(attempt + 1)}>
            Retry failed
          </Button>
        )}
        <Button
          icon="download"
          disabled={rows.length === 0}
          onClick={() => saveText('runs.csv', 'text/csv', csvOf(all, view.columns))}
        >
          CSV
        </Button>
      </div>
      {comparison.warning.value !== undefined && !error && (
        <p class="compare-invalid" role="status">
          {comparison.warning.value}
        </p>
      )}
      {error ? <Problem error={error} onRetry={() => setAttempt(attempt + 1)} /> : null}
      {rows.length === 0 && isReading && !error && <Skeleton />}
      {(rows.length > 0 || file !== undefined) && <Controls view={view} files={comparison.files.value} file={file} />}
      {rows.length > 0 && (
        <>
          <Figure rows={rows} names={names} view={view} />
          <RunsTable rows={rows} names={names} view={view} />
        </>
      )}
      <Pending rows={all.filter(({ metrics }) => !metrics)} names={names} />
    </>
  );
}

/** Whether a run has not ended, so nothing can be read yet. */
const isPending = (status: string | undefined): boolean => status !== undefined && !isTerminal(status);
