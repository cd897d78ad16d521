import { runAddress, setQuery } from '../../app/route.ts';
import { Icon } from '../../ui/icon.tsx';
import { Status } from '../../ui/status.tsx';
import { bestOf, type Column, cellOf, cellText, type RunRow, sortRows, usualDirection } from './table.ts';
import { columnId, type View } from './view.ts';

interface RunsTableProps {
  rows: readonly RunRow[];
  names: ReadonlyMap<string, string>;
  view: View;
}

/** A heading that sorts the table. */
function Heading({ id, label, view }: { id: string; label: string; view: View }) {
  const current = view.sort === 'run' ? 'run' : view.sort && columnId(view.sort);
  const isSorted = current === id;
  const sorted = !isSorted ? undefined : view.descending ? 'descending' : 'ascending';
  const sort = () => setQuery({ sort: id, desc: isSorted && !view.descending ? '1' : undefined });
  return (
    <th scope="col" aria-sort={sorted}>
      <button type="button" onClick={sort}>
        {label}
        {sorted && <Icon name={sorted === 'ascending' ? 'up' : 'down'} size={12} />}
      </button>
    </th>
  );
}

function Cell({ row, column, isBest }: { row: RunRow; column: Column; isBest: boolean }) {
  const value = cellOf(row, column);
  const text = cellText(value);
  return (
    <td class={isBest ? 'compare-best' : undefined} title={typeof value === 'number' ? String(value) : text}>
      {isBest && <span class="compare-best-mark">best</span>}
      {value === undefined ? <span class="muted">-</span> : text}
    </td>
  );
}

/** The runs that have metrics, with their parameters and metrics. */
export function RunsTable({ rows, names, view }: RunsTableProps) {
  const { columns, metric, direction, sort, descending } = view;
  const best = new Map(
    columns.flatMap(({ name, kind }) => {
      if (kind === 'param') return [];
      return [[name, bestOf(rows, name, name === metric ? direction : usualDirection(name))] as const];
    }),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also with the keyboard
    <section class="compare-scroll card" aria-label="Table of runs" tabIndex={0}>
      <table class="compare-table numbers">
        <caption class="hidden">Parameters and metrics of the runs. The headings sort.</caption>
        <thead>
          <tr>
            <Heading id="run" label="Run" view={view} />
            <th scope="col">Status</th>
            {columns.map((column) => (
              <Heading key={columnId(column)} id={columnId(column)} label={column.name} view={view} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sortRows(rows, sort, descending).map((row) => (
            <tr key={row.key}>
              <th scope="row">
                <span class="muted">#{row.number}</span> <a href={runAddress(row)}>{names.get(row.key)}</a>
              </th>
              <td>
                <Status status={row.status} />
              </td>
              {columns.map((column) => (
                <Cell
                  key={columnId(column)}
                  row={row}
                  column={column}
                  isBest={column.kind === 'metric' && best.get(column.name)!.has(row.key)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
