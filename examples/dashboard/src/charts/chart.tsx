import { useMemo, useState } from 'preact/hooks';
import { lazy } from '../app/lazy.tsx';
import type { PlotProps } from './plot.tsx';
import { align, placed, type Series, sample, styleOf } from './series.ts';
import './chart.css';

const Plot = lazy<PlotProps>(() => import('./plot.tsx'));

export interface ChartProps {
  /** What the chart shows: its name for screen readers, and the caption of its table. */
  title: string;
  series: readonly Series[];
  xLabel: string;
  yLabel: string;
  logX?: boolean;
  logY?: boolean;
  categories?: readonly string[] | undefined;
  points?: boolean;
  /** Writes a value for people. */
  format: (value: number) => string;
}

/** Series in the line that reads values: more would be too long to listen to. */
const readSeries = 8;
const tableRows = 20;
const tableColumns = 12;

/** The line and the number of a series, as in the chart. */
export function SeriesKey({ number }: { number: number }) {
  const { color, dash } = styleOf(number);
  return (
    <svg class={`chart-key chart-color-${color}`} width="28" height="8" viewBox="0 0 28 8" aria-hidden="true">
      <line x1="0" y1="4" x2="28" y2="4" stroke-dasharray={dash.join(' ') || undefined} />
    </svg>
  );
}

/** A chart with its values as text: under the pointer, with the arrow keys, and as a table. */
export function Chart({ title, series: given, xLabel, yLabel, logX, logY, categories, points, format }: ChartProps) {
  const [at, setAt] = useState<number>();
  const series = useMemo(() => given.map((each) => placed(each, logX ?? false)), [given, logX]);
  const { x, ys } = useMemo(() => align(series), [series]);
  const xText = (value: number) => categories?.[value] ?? format(value);
  const nameOf = (index: number, position: number) => {
    const { names, number, label } = series[index]!;
    return names ? names[position] : series.length > 1 ? `#${number}` : label;
  };

  // Points of several runs can be at the same position.
  const places = useMemo(() => x.flatMap((value, index) => (value === x[index - 1] ? [] : [index])), [x]);
  const samePlace = (position: number) => x.flatMap((value, index) => (value === x[position] ? [index] : []));

  function read(position: number): string {
    const found = series.flatMap((_, index) =>
      samePlace(position).flatMap((place) => {
        const value = ys[index]![place];
        return value == null ? [] : [`${nameOf(index, place)}: ${format(value)}`];
      }),
    );
    const more = found.length > readSeries ? `, and ${found.length - readSeries} more` : '';
    const what = series[0]?.names ? `, ${yLabel}` : '';
    return `${xLabel} ${xText(x[position]!)}${what}: ${found.slice(0, readSeries).join(', ') || 'no value'}${more}`;
  }

  function onKeyDown(event: KeyboardEvent): void {
    const last = places.length - 1;
    const current = at === undefined ? undefined : places.findLastIndex((place) => place <= at);
    const next: Record<string, number> = {
      ArrowLeft: current === undefined ? last : Math.max(0, current - 1),
      ArrowRight: current === undefined ? 0 : Math.min(last, current + 1),
      Home: 0,
      End: last,
    };
    const place = next[event.key];
    if (place === undefined) return;
    event.preventDefault();
    setAt(places[place]);
  }

  const position = at !== undefined && at < x.length ? at : undefined;
  const columns = series.slice(0, tableColumns);
  return (
    <figure class="chart">
      {/* biome-ignore lint/a11y/useSemanticElements: a group that takes the arrow keys */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard reads the values */}
      <div class="chart-area" role="group" aria-label={`Chart: ${title}`} tabIndex={0} onKeyDown={onKeyDown}>
        <Plot
          series={series}
          xLabel={xLabel}
          yLabel={yLabel}
          logX={logX ?? false}
          logY={logY ?? false}
          categories={categories}
          points={points ?? false}
          at={position}
          onAt={setAt}
        />
      </div>
      <p class="chart-readout small numbers" aria-live="polite">
        {position === undefined ? (
          <span class="muted">Point at the chart, or focus it and press the arrow keys, to read values.</span>
        ) : (
          read(position)
        )}
      </p>
      <details class="chart-table">
        <summary class="small">Values as a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also with the keyboard */}
        <section class="chart-scroll" aria-label={`Table: ${title}`} tabIndex={0}>
          <table class="numbers small">
            <caption>
              {title}
              {x.length > tableRows && ` (${tableRows} of ${x.length} positions)`}
              {series.length > columns.length && ` (${columns.length} of ${series.length} lines)`}
            </caption>
            <thead>
              <tr>
                <th scope="col">{xLabel}</th>
                {columns.map(({ key, label, number, names }) => (
                  <th scope="col" key={key}>
                    {names || series.length === 1 ? label : `${number}: ${label}`}
                  </th>
                ))}
                {series[0]?.names && <th scope="col">Run</th>}
              </tr>
            </thead>
            <tbody>
              {sample(x.length, tableRows).map((place) => (
                <tr key={place}>
                  <th scope="row">{xText(x[place]!)}</th>
                  {columns.map(({ key }, index) => {
                    const value = ys[index]![place];
                    return <td key={key}>{value == null ? '-' : format(value)}</td>;
                  })}
                  {series[0]?.names && <td>{series[0].names[place]}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}
