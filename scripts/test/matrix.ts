import { type Round, transportLabels } from '../../test/conformance/transports.ts';
import { casesOf, isFor } from '../../test/suites.ts';
import type { Column, Selection } from './conformance.ts';

/** Groups in which every case must apply to every runtime. */
const always = new Set(['rpc', 'errors', 'redirects', 'logs', 'job']);

export interface Outcome {
  passed: number;
  failed: number;
  /** Errors of the failed cells. */
  errors: readonly string[];
  text: string;
}

/** Counts of cells by outcome, with the reasons of those that did not pass. */
interface Tally {
  passed: number;
  failed: number;
  notApplicable: number;
  reasons: string[];
  errors: string[];
}

/** The table of one round, cases by runtimes. A case without a result failed. */
function renderRound(columns: readonly Column[], round: Round, filter: string | undefined, tally: Tally): string[] {
  const cases = casesOf('conformance', round, filter);
  const label = `over ${transportLabels[round.over]}`;
  const width = Math.max(label.length, ...cases.map(({ group, name }) => group.length + name.length + 2));
  const rows = cases.map(({ group, name }) => {
    const marks = columns.map(({ runtime, results }) => {
      if (!isFor(runtime, round, name)) return '-';
      const title = `${group}: ${name} on ${runtime}, ${label}`;
      const result = results.find((item) => item.over === round.over && item.group === group && item.name === name);
      if (result?.na !== undefined) {
        tally.notApplicable++;
        tally.reasons.push(`n/a  ${title}: ${result.na}`);
        if (!always.has(group)) return 'n/a';
        tally.failed++;
        tally.errors.push(`FAIL ${title}: this group must apply to every runtime`);
        return 'FAIL';
      }
      if (result?.ok) {
        tally.passed++;
        return 'ok';
      }
      tally.failed++;
      tally.errors.push(`FAIL ${title}: ${result?.error ?? 'no result'}`);
      return 'FAIL';
    });
    return `${`${group}: ${name}`.padEnd(width)} ${marks.map((mark) => mark.padEnd(9)).join('')}`;
  });
  const heading = columns.map(({ runtime }) => runtime.padEnd(9)).join('');
  const left = columns.some(({ runtime }) => cases.some(({ name }) => !isFor(runtime, round, name)));
  const legend = left ? ['-  not run: the runtime does not use HTTP/2'] : [];
  return [`${label.padEnd(width)} ${heading}`, ...rows, `${cases.length} cases ${label}`, ...legend, ''];
}

/** A table for each round, then the reasons, the errors and the counts. */
export function renderMatrix(columns: readonly Column[], { rounds, filter }: Selection): Outcome {
  const tally: Tally = { passed: 0, failed: 0, notApplicable: 0, reasons: [], errors: [] };
  const tables = rounds.map((round) => renderRound(columns, round, filter, tally));
  const { errors, reasons, notApplicable } = tally;
  const cells = tally.passed + tally.failed + notApplicable;
  for (const { runtime, broken } of columns) {
    if (broken === undefined) continue;
    tally.failed++;
    errors.push(`FAIL ${runtime} was aborted: ${broken}`);
  }
  if (notApplicable > cells / 20) {
    tally.failed++;
    errors.push(`FAIL ${notApplicable} of ${cells} cells are n/a: at most 5 % may be`);
  }
  const { passed, failed } = tally;
  const summary = `${cells} cells on ${columns.length} runtimes: ${passed} passed, ${failed} failed, ${notApplicable} n/a`;
  return { passed, failed, errors, text: [...tables.flat(), ...reasons, ...errors, summary].join('\n') };
}
