import { cells } from '../../test/faults/groups.ts';
import type { Column } from './conformance.ts';

/** What came of a number of cells. */
export interface Totals {
  cells: number;
  failed: number;
  /** Cells that mean nothing on their runtime. */
  notApplicable: number;
  /** Requests that met a fault. */
  injected: number;
  survived: number;
  refused: number;
  bytesLost: number;
}

export function noTotals(): Totals {
  return { cells: 0, failed: 0, notApplicable: 0, injected: 0, survived: 0, refused: 0, bytesLost: 0 };
}

function add(totals: Totals, more: Partial<Totals>): void {
  for (const [name, value] of Object.entries(more)) totals[name as keyof Totals] += value;
}

type Mark = 'survived' | 'refused' | 'n/a' | 'FAIL';

export interface Summary {
  totals: Totals;
  kinds: Map<string, Totals>;
  runtimes: Map<string, Totals>;
  failures: string[];
  /** Outcomes by fault and operation. */
  rows: Map<string, Map<string, string>>;
}

/** One field of the table: the outcome on all runtimes, or how many had which. */
function field(marks: readonly Mark[]): string {
  const different = [...new Set(marks)];
  if (different.length === 1) return different[0]!;
  return different.map((mark) => `${mark} ${marks.filter((other) => other === mark).length}`).join(', ');
}

/** Sums up what the runtimes said of the cells that were chosen. A cell without a result failed. */
export function summarize(columns: readonly Column[], selected: (group: string, name: string) => boolean): Summary {
  const summary: Summary = {
    totals: noTotals(),
    kinds: new Map(),
    runtimes: new Map(columns.map(({ runtime }) => [runtime, noTotals()])),
    failures: [],
    rows: new Map(),
  };
  const results = columns.map(({ runtime, results }) => ({
    runtime,
    found: new Map(results.map((item) => [`${item.group}/${item.name}`, item])),
  }));
  for (const { group, name, kind } of cells) {
    if (!selected(group, name)) continue;
    if (!summary.kinds.has(kind)) summary.kinds.set(kind, noTotals());
    const marks = results.map(({ runtime, found }): Mark => {
      const result = found.get(`${group}/${name}`);
      const { outcome, met = 0, lost = 0 } = result?.facts ?? {};
      const mark: Mark = result?.na !== undefined ? 'n/a' : result?.ok ? (outcome as Mark) : 'FAIL';
      const counts: Partial<Totals> = { cells: 1, injected: Number(met), bytesLost: Number(lost) };
      if (mark === 'n/a') counts.notApplicable = 1;
      else counts[mark === 'FAIL' ? 'failed' : mark] = 1;
      for (const totals of [summary.totals, summary.kinds.get(kind)!, summary.runtimes.get(runtime)!])
        add(totals, counts);
      if (mark === 'FAIL')
        summary.failures.push(`FAIL ${runtime} ${group}/${name}: ${result?.error ?? 'it did not run'}`);
      return mark;
    });
    const row = summary.rows.get(name) ?? new Map<string, string>();
    row.set(group, field(marks));
    summary.rows.set(name, row);
  }
  for (const { runtime, broken } of columns) {
    if (broken === undefined) continue;
    summary.totals.failed++;
    summary.failures.push(`FAIL ${runtime} broke off: ${broken}`);
  }
  return summary;
}

/** A table in Markdown. */
export function table(heading: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  const row = (fields: readonly (string | number)[]) =>
    `| ${fields.map((value) => (typeof value === 'number' ? value.toLocaleString('en') : value)).join(' | ')} |`;
  return [
    row(heading),
    `|${heading.map((_, index) => (index === 0 ? '---' : '---:')).join('|')}|`,
    ...lines.map(row),
  ].join('\n');
}

const numbers = ({ cells, injected, survived, refused, notApplicable, failed, bytesLost }: Totals) => [
  cells,
  injected,
  survived,
  refused,
  notApplicable,
  failed,
  bytesLost,
];
const names = ['cells', 'faults injected', 'survived', 'refused with the right error', 'n/a', 'failed', 'bytes lost'];

/** The totals, by kind and by runtime. */
export function totalsTable(by: string, parts: ReadonlyMap<string, Totals>, totals: Totals): string {
  const lines = [...parts].map(([name, part]) => [`\`${name}\``, ...numbers(part)]);
  return table([by, ...names], [...lines, ['all', ...numbers(totals)]]);
}

/** Faults by operations. */
export function matrixTable({ rows }: Summary): string {
  const operations = [...new Set(cells.map(({ group }) => group))];
  const lines = [...rows].map(([name, row]) => [name, ...operations.map((operation) => row.get(operation) ?? '')]);
  return table(['fault', ...operations], lines).replace(/---:/g, '---');
}
