import { groups } from '../../test/faults/groups.ts';
import type { Column } from './conformance.ts';

export interface Totals {
  cells: number;
  passed: number;
  failed: number;
  /** Cells that mean nothing on their runtime. */
  notApplicable: number;
  /** Requests that met a fault. */
  injected: number;
  survived: number;
  refused: number;
  bytesLost: number;
}

interface Mark {
  runtime: string;
  text: 's' | 'r' | '-' | 'FAIL';
}

const add = (totals: Totals, more: Partial<Totals>) => {
  for (const [name, value] of Object.entries(more)) totals[name as keyof Totals] += value;
};

function noTotals(): Totals {
  return { cells: 0, passed: 0, failed: 0, notApplicable: 0, injected: 0, survived: 0, refused: 0, bytesLost: 0 };
}

/** One cell of the table: the outcome on all runtimes, or how they differ. */
function sum(marks: readonly Mark[]): string {
  const texts = new Set(marks.map(({ text }) => text));
  if (texts.size === 1) return marks[0]!.text;
  return [...texts].map((text) => `${text}${marks.filter((mark) => mark.text === text).length}`).join(' ');
}

export interface Summary {
  totals: Totals;
  failures: string[];
  /** Outcomes by fault and operation. */
  rows: Map<string, Map<string, string>>;
}

/** Faults by operations, what failed, and the totals; a cell without result failed. */
export function summarize(columns: readonly Column[], selected: (group: string, name: string) => boolean): Summary {
  const totals = noTotals();
  const failures: string[] = [];
  const rows = new Map<string, Map<string, string>>();
  for (const [group, cases] of Object.entries(groups)) {
    for (const name of Object.keys(cases)) {
      if (!selected(group, name)) continue;
      const marks = columns.map(({ runtime, results }): Mark => {
        const result = results.find((item) => item.group === group && item.name === name);
        const { outcome, met = 0, lost = 0 } = result?.facts ?? {};
        const counts: Partial<Totals> = { cells: 1, injected: Number(met), bytesLost: Number(lost) };
        let text: Mark['text'] = outcome === 'refused' ? 'r' : 's';
        if (result?.na !== undefined) text = '-';
        else if (!result?.ok) {
          text = 'FAIL';
          failures.push(`FAIL ${runtime} ${group}/${name}: ${result?.error ?? 'it did not run'}`);
        }
        if (text === '-') counts.notApplicable = 1;
        else if (text === 'FAIL') counts.failed = 1;
        else add(totals, { passed: 1, ...(text === 's' ? { survived: 1 } : { refused: 1 }) });
        add(totals, counts);
        return { runtime, text };
      });
      const row = rows.get(name) ?? new Map<string, string>();
      row.set(group, sum(marks));
      rows.set(name, row);
    }
  }
  for (const { runtime, broken } of columns) {
    if (broken === undefined) continue;
    totals.failed++;
    failures.push(`FAIL ${runtime} broke off: ${broken}`);
  }
  return { totals, failures, rows };
}
