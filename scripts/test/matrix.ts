import { groups } from '../../test/conformance/cases/index.ts';
import { selected } from '../../test/conformance/loop.ts';
import type { Column } from './conformance.ts';

/** Groups in which every case must apply to every runtime. */
const always = new Set(['rpc', 'errors', 'redirects', 'logs', 'job']);

export interface Outcome {
  passed: number;
  failed: number;
  text: string;
}

/** The table, cases by runtimes, with the errors and the reasons below it, and the counts. A case without result failed. */
export function renderMatrix(columns: readonly Column[], filter: string | undefined): Outcome {
  let [passed, failed, notApplicable, cells] = [0, 0, 0, 0];
  const errors: string[] = [];
  const reasons: string[] = [];
  const lines: string[] = [];
  const names = Object.entries(groups)
    .flatMap(([group, cases]) => Object.keys(cases).map((name) => ({ group, name })))
    .filter(({ group, name }) => selected(group, name, filter));
  const width = Math.max(...names.map(({ group, name }) => group.length + name.length + 2));
  const heading = columns.map(({ runtime }) => runtime.padEnd(9)).join('');
  lines.push(`${''.padEnd(width)} ${heading}`);

  for (const { group, name } of names) {
    const marks = columns.map(({ runtime, results }) => {
      cells++;
      const title = `${group}: ${name} on ${runtime}`;
      const result = results.find((item) => item.group === group && item.name === name);
      if (result?.na !== undefined) {
        notApplicable++;
        reasons.push(`n/a  ${title}: ${result.na}`);
        if (!always.has(group)) return 'n/a';
        failed++;
        errors.push(`FAIL ${title}: this group may not be left out`);
        return 'FAIL';
      }
      if (result?.ok) {
        passed++;
        return 'ok';
      }
      failed++;
      errors.push(`FAIL ${title}: ${result?.error ?? 'it did not run'}`);
      return 'FAIL';
    });
    lines.push(`${`${group}: ${name}`.padEnd(width)} ${marks.map((mark) => mark.padEnd(9)).join('')}`);
  }
  for (const { runtime, broken } of columns) {
    if (broken === undefined) continue;
    failed++;
    errors.push(`FAIL ${runtime} broke off: ${broken}`);
  }
  if (notApplicable > cells / 20) {
    failed++;
    errors.push(`FAIL ${notApplicable} of ${cells} cells are n/a: more than 5 %`);
  }
  lines.push('', ...reasons, ...errors);
  lines.push(
    `${names.length} cases on ${columns.length} runtimes: ${passed} passed, ${failed} failed, ${notApplicable} n/a`,
  );
  return { passed, failed, text: lines.join('\n') };
}
