import { existsSync, readFileSync } from 'node:fs';

export interface Counts {
  passed: number;
  failed: number;
  /** Failed tests, each with the first line of its error. */
  failures: string[];
  /** Skipped tests, each with its reason. */
  skipped: string[];
}

/**
 * Reads the result file of `reporter.ts`. A missing file counts as one failure, as do a run of no tests and an exit code other
 * than 0 without a failure in the file.
 */
export function readResults(file: string, exitCode: number): Counts {
  const counts: Counts = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, failures: [], skipped: [] };
  const nothing = counts.passed + counts.failed === 0;
  if (nothing || (exitCode !== 0 && counts.failed === 0)) {
    counts.failed += 1;
    counts.failures.push(nothing ? 'vitest ran no test' : `vitest exited with code ${exitCode}`);
  }
  return counts;
}

/** The last lines of a run: skipped tests, failures, then `N passed, N failed`, which scripts parse. */
export function closingLines({ passed, failed, failures, skipped }: Counts): string[] {
  const list = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [`${lines.length} ${title}:`, ...lines.map((line) => `  ${line}`), ''] : [];
  return [...list('skipped', skipped), ...list('failed', failures), `${passed} passed, ${failed} failed`];
}
