import { parseJson, parseJsonLines } from './json.ts';

/** A value over the steps of a run. `x` is ascending. */
export interface Curve {
  x: number[];
  /** `null`: not a number at this step. */
  y: (number | null)[];
}

/** A parameter of a run. */
export type Param = number | string | boolean;

/** What a file of metrics contains. Names of nested values are joined with dots: `test.accuracy`. */
export interface Metrics {
  /** One number per name; of a curve, its last. */
  values: Record<string, number>;
  curves: Record<string, Curve>;
  params: Record<string, Param>;
}

/** Names under which files have the parameters of a run. */
const paramNames = /^(?:params|parameters|hparams|hyper_?parameters|config|args)$/i;
/** Names of steps, in the order in which they are preferred. */
const stepNames = ['step', 'global_step', 'steps', 'iteration', 'iter', 'epoch', 'epochs', 'batch'];
/** Maximum depth of nested values, and maximum number of names: more is data, not metrics. */
const maxDepth = 6;
const maxNames = 400;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isNumbers = (value: unknown): value is (number | null)[] =>
  Array.isArray(value) && value.some(isNumber) && value.every((item) => item === null || isNumber(item));
const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** Numbers by name, of an object at any depth. Arrays are left out. */
function numbersOf(value: unknown, path: string, depth: number, found: Map<string, number>): void {
  if (isNumber(value)) found.set(path || 'value', value);
  else if (isRecord(value) && depth < maxDepth)
    for (const [name, item] of Object.entries(value)) numbersOf(item, join(path, name), depth + 1, found);
}

/** Sorts a curve by its steps, of which each keeps its last value. */
function ordered(points: readonly (readonly [x: number, y: number | null])[]): Curve {
  const last = [...new Map(points)].sort(([a], [b]) => a - b);
  return { x: last.map(([x]) => x), y: last.map(([, y]) => y) };
}

/** One curve for each number that the records have. Steps are read from a name that all records have. */
function curvesOfRecords(records: readonly unknown[], path: string, found: Map<string, Curve>): void {
  const rows = records.map((record) => {
    const numbers = new Map<string, number>();
    numbersOf(record, '', 0, numbers);
    return numbers;
  });
  const step = stepNames.find((name) => rows.every((row) => row.has(name)));
  const points = new Map<string, [number, number | null][]>();
  rows.forEach((row, index) => {
    const x = step === undefined ? index : row.get(step)!;
    for (const [name, y] of row) {
      if (name === step || (!points.has(name) && points.size === maxNames)) continue;
      points.set(name, [...(points.get(name) ?? []), [x, y]]);
    }
  });
  for (const [name, list] of points) found.set(join(path, name), ordered(list));
}

interface Found {
  values: Map<string, number>;
  curves: Map<string, Curve>;
}

function collect(value: unknown, path: string, depth: number, found: Found): void {
  if (found.values.size + found.curves.size >= maxNames || depth > maxDepth) return;
  if (isNumber(value)) found.values.set(path || 'value', value);
  else if (isNumbers(value)) found.curves.set(path || 'value', ordered(value.map((y, index) => [index, y])));
  else if (Array.isArray(value) && value.length > 0 && value.every(isRecord))
    curvesOfRecords(value, path, found.curves);
  else if (isRecord(value)) {
    const steps = stepNames.map((name) => value[name]).find(isNumbers);
    for (const [name, item] of Object.entries(value)) {
      if (steps && isNumbers(item) && item !== steps && item.length === steps.length) {
        const points = item.flatMap((y, index): [number, number | null][] =>
          steps[index] === null ? [] : [[steps[index]!, y]],
        );
        found.curves.set(join(path, name), ordered(points));
      } else if (item !== steps) collect(item, join(path, name), depth + 1, found);
    }
  }
}

function paramsOf(value: unknown, path: string, depth: number, found: Map<string, Param>): void {
  if (isNumber(value) || typeof value === 'boolean') found.set(path || 'value', value);
  else if (typeof value === 'string') found.set(path || 'value', value.length > 80 ? `${value.slice(0, 79)}…` : value);
  else if (Array.isArray(value) && value.length <= 10) found.set(path || 'value', JSON.stringify(value).slice(0, 80));
  else if (isRecord(value) && depth < maxDepth)
    for (const [name, item] of Object.entries(value)) paramsOf(item, join(path, name), depth + 1, found);
}

/** Parameters of any JSON as names and values. */
export function flattenParams(value: unknown): Record<string, Param> {
  const found = new Map<string, Param>();
  paramsOf(value, '', 0, found);
  return Object.fromEntries([...found].slice(0, maxNames));
}

/** The last number of a curve. */
export function lastOf({ y }: Curve): number | undefined {
  return y.findLast((value) => value !== null) ?? undefined;
}

/**
 * Reads a file of metrics: JSON or, if its name ends in `.jsonl` or `.ndjson` or JSON does not fit, JSON Lines. Numbers are values;
 * arrays of numbers, arrays of objects and JSON Lines are curves. Throws an error with a reason if there is no number in it.
 */
export function readMetrics(name: string, text: string): Metrics {
  let data: unknown;
  if (/\.(?:jsonl|ndjson)$/i.test(name)) data = parseJsonLines(text);
  else {
    try {
      data = parseJson(text);
    } catch (error) {
      if (!/^\s*\{.*\}\s*$/m.test(text.split('\n', 1)[0]!)) throw error;
      data = parseJsonLines(text);
    }
  }
  const found: Found = { values: new Map(), curves: new Map() };
  const params: Record<string, Param> = {};
  let metrics = data;
  if (isRecord(data)) {
    const isParams = ([key, value]: [string, unknown]) => paramNames.test(key) && isRecord(value);
    for (const [, value] of Object.entries(data).filter(isParams)) Object.assign(params, flattenParams(value));
    metrics = Object.fromEntries(Object.entries(data).filter((entry) => !isParams(entry)));
  }
  collect(metrics, '', 0, found);
  const values = new Map(found.values);
  for (const [key, curve] of found.curves) {
    const last = lastOf(curve);
    if (last !== undefined && !values.has(key)) values.set(key, last);
  }
  if (values.size === 0) throw new Error(`"${name}" contains no numbers`);
  return { values: Object.fromEntries(values), curves: Object.fromEntries(found.curves), params };
}
