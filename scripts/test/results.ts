import { existsSync, readFileSync } from 'node:fs';

export interface Counts {
  passed: number;
  failed: number;
  /** What failed, each with the first line of its error. */
  failures: string[];
  /** What was not run, each with its reason. */
  skipped: string[];
}

/**
 * What the result file of `reporter.ts` says. A file that is not there, or says that nothing ran, is one failure, and so
 * is a run that ended with another code than 0 although the file names no failure.
 */
export function readResults(file: string, exitCode: number): Counts {
  const counts: Counts = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, failures: [], skipped: [] };
  const nothing = counts.passed + counts.failed === 0;
  if (nothing || (exitCode !== 0 && counts.failed === 0)) {
    counts.failed += 1;
    counts.failures.push(nothing ? 'vitest ran no test' : `vitest ended with exit code ${exitCode}`);
  }
  return counts;
}

/** The last lines of a run: what was skipped, what failed, then `N passed, N failed`, which others read. */
export function closingLines({ passed, failed, failures, skipped }: Counts): string[] {
  const list = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [`${lines.length} ${title}:`, ...lines.map((line) => `  ${line}`), ''] : [];
  return [...list('skipped', skipped), ...list('failed', failures), `${passed} passed, ${failed} failed`];
}
