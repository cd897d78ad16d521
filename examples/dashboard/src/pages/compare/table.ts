import type { Metrics, Param } from './metrics.ts';
import type { ComparedRun } from './selection.ts';

/** A run with what is known about it. */
export interface RunRow extends ComparedRun {
  /** Its place in the comparison, from 1: it labels its curves. */
  number: number;
  status: string | undefined;
  failureMessage: string | undefined;
  metrics: Metrics | undefined;
  params: Readonly<Record<string, Param>>;
  /** Name of the file that was read. */
  file: string | undefined;
  /** Why it has no metrics, for people; `undefined` while they are loaded. */
  problem: string | undefined;
  /** Whether loading may succeed if it is tried again. */
  retry?: boolean;
}

export interface Column {
  name: string;
  kind: 'param' | 'metric';
}

export type Direction = 'highest' | 'lowest';

/** Metrics of which low values are good. */
const low =
  /(?:^|[^a-z])(?:[a-z]*loss|err|errors?|mae|mse|rmse|msle|rmsle|mape|smape|wer|cer|fid|nll|perplexity|ppl|brier|time|seconds|secs|latency|duration|ms)(?:$|[^a-z])/i;

/** Which values of a metric are probably the better ones, by its name. */
export function usualDirection(metric: string): Direction {
  return low.test(metric.replaceAll(/([a-z])([A-Z])/g, '$1_$2').replaceAll('_', ' ')) ? 'lowest' : 'highest';
}

const byCount = (names: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  // Sorting is stable: names with the same count keep the order of the first run that has them.
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
};

/** Parameters that differ between runs, or all if there are few, then metrics: those first that most runs have. */
export function columnsOf(rows: readonly RunRow[]): Column[] {
  const params = byCount(rows.flatMap(({ params }) => Object.keys(params)));
  const differ = params.filter((name) => new Set(rows.map(({ params }) => params[name])).size > 1);
  const metrics = byCount(rows.flatMap(({ metrics }) => Object.keys(metrics?.values ?? {})));
  return [
    ...(params.length <= 4 ? params : differ).map((name): Column => ({ name, kind: 'param' })),
    ...metrics.map((name): Column => ({ name, kind: 'metric' })),
  ];
}

export function cellOf(row: RunRow, { name, kind }: Column): Param | undefined {
  return kind === 'param' ? row.params[name] : row.metrics?.values[name];
}

/** The keys of the runs that have the best value of a metric; none if fewer than two runs have one. */
export function bestOf(rows: readonly RunRow[], metric: string, direction: Direction): Set<string> {
  const values = rows.flatMap(({ key, metrics }) => {
    const value = metrics?.values[metric];
    return value === undefined ? [] : [[key, value] as const];
  });
  if (values.length < 2) return new Set();
  const best = values.reduce(
    (found, [, value]) => (direction === 'highest' ? Math.max(found, value) : Math.min(found, value)),
    values[0]![1],
  );
  const keys = values.filter(([, value]) => value === best).map(([key]) => key);
  return keys.length === values.length ? new Set() : new Set(keys);
}

/** Sorts by a column; runs without a value are last in both directions. Without a column, the order stays. */
export function sortRows(rows: readonly RunRow[], column: Column | 'run' | undefined, descending: boolean): RunRow[] {
  const sign = descending ? -1 : 1;
  if (column === undefined || column === 'run') return descending ? [...rows].reverse() : [...rows];
  return [...rows].sort((left, right) => {
    const [a, b] = [cellOf(left, column), cellOf(right, column)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
  });
}

/** A number with up to 5 significant digits. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(2).replace('e+', 'e');
  return Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(5)));
}

/** A cell as text. */
export function cellText(value: Param | undefined): string {
  return typeof value === 'number' ? shortNumber(value) : value === undefined ? '' : String(value);
}
