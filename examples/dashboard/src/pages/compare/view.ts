import { type Column, columnsOf, type Direction, type RunRow, usualDirection } from './table.ts';

/** Over what a metric is drawn: the steps of each run, the runs themselves, or a parameter. */
export type Axis = 'step' | 'run' | `param:${string}`;

/** What the page shows, as its address says, with defaults for the rest. */
export interface View {
  columns: Column[];
  metrics: string[];
  metric: string | undefined;
  direction: Direction;
  axes: Axis[];
  axis: Axis;
  logX: boolean;
  logY: boolean;
  sort: Column | 'run' | undefined;
  descending: boolean;
  /** Numbers of the runs whose curves are drawn. */
  shown: ReadonlySet<number>;
}

/** Metrics of data that was not used for training, which say more. */
const isEvaluation = /(?:^|[^a-z])(?:val|valid|validation|eval|test)(?:$|[^a-z])/i;
/** Curves that are drawn until somebody chooses others. */
const curvesAtFirst = 12;

/** What a column is called in the address. */
export const columnId = ({ name, kind }: Column): string => `${kind}:${name}`;

/** Works out what to show of `rows`, which have metrics. */
export function readView(query: URLSearchParams, rows: readonly RunRow[]): View {
  const columns = columnsOf(rows);
  const metrics = columns.filter(({ kind }) => kind === 'metric').map(({ name }) => name);
  const hasCurve = (name: string) => rows.some(({ metrics }) => metrics?.curves[name] !== undefined);
  const asked = query.get('y') ?? '';
  const metric = metrics.includes(asked)
    ? asked
    : (metrics.find((name) => hasCurve(name) && isEvaluation.test(name)) ?? metrics.find(hasCurve) ?? metrics[0]);
  const params = columns.filter(({ kind }) => kind === 'param').map(({ name }): Axis => `param:${name}`);
  const axes: Axis[] = [...(metric !== undefined && hasCurve(metric) ? (['step'] as const) : []), ...params, 'run'];
  const askedAxis = axes.find((axis) => axis === query.get('x'));
  const best = query.get('best');
  const usual = usualDirection(metric ?? '');
  const sort = query.get('sort');
  const numbers = rows
    .filter(({ metrics }) => metric !== undefined && metrics?.curves[metric])
    .map(({ number }) => number);
  const chosen = query.get('show')?.split('.').map(Number);
  return {
    columns,
    metrics,
    metric,
    direction: best === 'highest' || best === 'lowest' ? best : usual,
    axes,
    axis: askedAxis ?? axes[0]!,
    logX: query.get('logx') === '1',
    logY: query.get('logy') === '1',
    sort: sort === 'run' ? 'run' : columns.find((column) => columnId(column) === sort),
    descending: query.get('desc') === '1',
    shown: new Set(chosen ?? numbers.slice(0, curvesAtFirst)),
  };
}

/** Names of runs that are short and different: `v3`, or `train v3` if there are several kernels. */
export function shortNames(rows: readonly RunRow[]): Map<string, string> {
  const refs = new Set(rows.map(({ ref }) => ref));
  const slugs = new Set([...refs].map((ref) => ref.split('/')[1]));
  const kernelOf = (ref: string) => (refs.size === 1 ? '' : slugs.size === refs.size ? ref.split('/')[1]! : ref);
  return new Map(
    rows.map(({ key, ref, versionNumber }) => {
      const version = versionNumber === undefined ? 'newest' : `v${versionNumber}`;
      return [key, [kernelOf(ref), version].filter(Boolean).join(' ')];
    }),
  );
}
