import type { Series } from '../../charts/series.ts';
import type { Param } from './metrics.ts';
import type { RunRow } from './table.ts';

/** The curves of a metric, one for each run that has one. */
export function curvesOf(rows: readonly RunRow[], metric: string): Series[] {
  return rows.flatMap(({ key, number, metrics }) => {
    const curve = metrics?.curves[metric];
    return curve ? [{ key, label: key, number, x: curve.x, y: curve.y }] : [];
  });
}

/** The values of a metric over a parameter: one series. Values of a parameter that are not all numbers are categories. */
export function scatterOf(
  rows: readonly RunRow[],
  metric: string,
  param: string,
): { series: Series[]; categories: string[] | undefined } {
  const points = rows.flatMap((row): { row: RunRow; x: Param; y: number }[] => {
    const [x, y] = [row.params[param], row.metrics?.values[metric]];
    return x === undefined || y === undefined ? [] : [{ row, x, y }];
  });
  const isNumeric = points.every(({ x }) => typeof x === 'number');
  const categories = isNumeric
    ? undefined
    : [...new Set(points.map(({ x }) => String(x)))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const placed = points
    .map(({ row, x, y }) => ({ row, y, x: categories ? categories.indexOf(String(x)) : (x as number) }))
    .sort((a, b) => a.x - b.x);
  if (placed.length === 0) return { series: [], categories };
  const series: Series = {
    key: metric,
    label: metric,
    number: 1,
    x: placed.map(({ x }) => x),
    y: placed.map(({ y }) => y),
    names: placed.map(({ row }) => row.key),
  };
  return { series: [series], categories };
}
