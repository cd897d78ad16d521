import { useMemo } from 'preact/hooks';
import { Chart } from '../../charts/chart.tsx';
import { Legend } from './legend.tsx';
import { curvesOf, scatterOf } from './plots.ts';
import { type RunRow, shortNumber } from './table.ts';
import type { View } from './view.ts';

interface FigureProps {
  rows: readonly RunRow[];
  names: ReadonlyMap<string, string>;
  view: View;
}

/** The chosen metric as curves, or over a parameter. */
export function Figure({ rows, names, view }: FigureProps) {
  const { metric = '', axis, columns, shown, logX, logY } = view;
  const param = axis.startsWith('param:') ? axis.slice('param:'.length) : undefined;
  const drawn = [...shown].join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `drawn` stands for `shown`
  const { series, categories } = useMemo(() => {
    const named = rows.map((row) => ({ ...row, key: names.get(row.key) ?? row.key }));
    if (axis === 'step')
      return {
        series: curvesOf(
          named.filter(({ number }) => shown.has(number)),
          metric,
        ),
        categories: undefined,
      };
    if (param !== undefined) return scatterOf(named, metric, param);
    return scatterOf(
      named.map((row) => ({ ...row, params: { run: row.number } })),
      metric,
      'run',
    );
  }, [rows, names, metric, axis, drawn]);
  const over = axis === 'step' ? 'step' : (param ?? 'number of the run');
  return (
    <section class="compare-figure card" aria-label="Chart">
      {series.length === 0 ? (
        <p class="muted compare-nothing">
          {axis === 'step' ? 'No line is shown: choose runs in the legend.' : `No run has both ${metric} and ${over}.`}
        </p>
      ) : (
        <Chart
          title={`${metric} over ${over}`}
          series={series}
          xLabel={over}
          yLabel={metric}
          logX={logX && !categories}
          logY={logY}
          categories={categories}
          points={axis !== 'step'}
          format={shortNumber}
        />
      )}
      {axis === 'step' && (
        <Legend
          rows={rows.filter(({ metrics }) => metrics?.curves[metric])}
          names={names}
          columns={columns}
          shown={shown}
        />
      )}
    </section>
  );
}
