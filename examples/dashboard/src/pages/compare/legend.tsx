import { setQuery } from '../../app/route.ts';
import { SeriesKey } from '../../charts/chart.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, cellText, type RunRow } from './table.ts';

interface LegendProps {
  /** The runs that have a curve. */
  rows: readonly RunRow[];
  names: ReadonlyMap<string, string>;
  columns: readonly Column[];
  shown: ReadonlySet<number>;
}

/** Parameters in the name of a run: more would not fit. */
const shownParams = 2;

/** The lines of the chart, each a button that shows or hides it. */
export function Legend({ rows, names, columns, shown }: LegendProps) {
  const params = columns.filter(({ kind }) => kind === 'param').slice(0, shownParams);
  const show = (numbers: Iterable<number>) => setQuery({ show: [...numbers].sort((a, b) => a - b).join('.') || '0' });
  function toggle(number: number): void {
    const next = new Set(shown);
    if (!next.delete(number)) next.add(number);
    show(next);
  }
  return (
    <section class="compare-legend" aria-label="Lines of the chart">
      <div class="compare-legend-actions small">
        <span class="muted">
          {rows.filter(({ number }) => shown.has(number)).length} of {rows.length} lines
        </span>
        <Button kind="quiet" onClick={() => show(rows.map(({ number }) => number))}>
          All
        </Button>
        <Button kind="quiet" onClick={() => show([])}>
          None
        </Button>
      </div>
      <ul>
        {rows.map(({ key, number, params: values }) => (
          <li key={key}>
            <button type="button" aria-pressed={shown.has(number)} onClick={() => toggle(number)}>
              <SeriesKey number={number} />
              <span class="numbers">
                #{number} {names.get(key)}
                <span class="muted">
                  {params.map(({ name }) => (values[name] === undefined ? '' : ` · ${name} ${cellText(values[name])}`))}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
