import { transportLabels } from '../../test/conformance/transports.ts';
import { cells } from '../../test/faults/groups.ts';
import { casesOf, isFor } from '../../test/suites.ts';
import type { Column, Selection } from './conformance.ts';

/** The outcomes of a number of cells. */
export interface Totals {
  cells: number;
  failed: number;
  /** Cells that do not apply to their runtime. */
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
  transports: Map<string, Totals>;
  failures: string[];
  /** Outcomes by fault and operation. */
  rows: Map<string, Map<string, string>>;
}

/** One field of the table: the common outcome of all runtimes and transports, or the count of each outcome. */
function field(marks: readonly Mark[]): string {
  const different = [...new Set(marks)];
  if (different.length === 1) return different[0]!;
  return different.map((mark) => `${mark} ${marks.filter((other) => other === mark).length}`).join(', ');
}

/** Sums up the results of the selected cells. A cell without a result failed. */
export function summarize(columns: readonly Column[], { rounds, filter }: Selection): Summary {
  const summary: Summary = {
    totals: noTotals(),
    kinds: new Map(),
    runtimes: new Map(columns.map(({ runtime }) => [runtime, noTotals()])),
    transports: new Map(rounds.map(({ over }) => [transportLabels[over], noTotals()])),
    failures: [],
    rows: new Map(),
  };
  const kinds = new Map(cells.map(({ group, name, kind }) => [`${group}/${name}`, kind]));
  const found = new Map(
    columns.flatMap(({ runtime, results }) =>
      results.map((item) => [`${runtime} over ${item.over}: ${item.group}/${item.name}`, item]),
    ),
  );
  const rows = new Map<string, Map<string, Mark[]>>();
  for (const round of rounds) {
    for (const { group, name } of casesOf('faults', round, filter)) {
      const kind = kinds.get(`${group}/${name}`)!;
      if (!summary.kinds.has(kind)) summary.kinds.set(kind, noTotals());
      if (!rows.has(name)) rows.set(name, new Map());
      const row = rows.get(name)!;
      if (!row.has(group)) row.set(group, []);
      for (const { runtime } of columns) {
        if (!isFor(runtime, round, name)) continue;
        const title = `${runtime} over ${round.over}: ${group}/${name}`;
        const result = found.get(title);
        const { outcome, met = 0, lost = 0 } = result?.facts ?? {};
        const mark: Mark = result?.na !== undefined ? 'n/a' : result?.ok ? (outcome as Mark) : 'FAIL';
        const counts: Partial<Totals> = { cells: 1, injected: Number(met), bytesLost: Number(lost) };
        if (mark === 'n/a') counts.notApplicable = 1;
        else counts[mark === 'FAIL' ? 'failed' : mark] = 1;
        const parts = [summary.kinds.get(kind), summary.runtimes.get(runtime)];
        for (const totals of [summary.totals, ...parts, summary.transports.get(transportLabels[round.over])])
          add(totals!, counts);
        if (mark === 'FAIL') summary.failures.push(`FAIL ${title}: ${result?.error ?? 'no result'}`);
        row.get(group)!.push(mark);
      }
    }
  }
  for (const [name, row] of rows)
    summary.rows.set(name, new Map([...row].map(([group, marks]) => [group, field(marks)])));
  for (const { runtime, broken } of columns) {
    if (broken === undefined) continue;
    summary.totals.failed++;
    summary.failures.push(`FAIL ${runtime} was aborted: ${broken}`);
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

/** The totals by kind, by runtime or by transport. */
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
