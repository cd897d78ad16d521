import { existsSync, readFileSync } from 'node:fs';

export interface Counts {
  passed: number;
  failed: number;
}

/** A count that the elements `testsuite` of a result file have as an attribute, summed. */
function sum(text: string, attribute: string): number {
  let total = 0;
  for (const [element] of text.matchAll(/<testsuite\s[^>]*>/g)) {
    total += Number(new RegExp(`\\s${attribute}="(\\d+)"`).exec(element)?.[1] ?? 0);
  }
  return total;
}

/**
 * What a JUnit result file says. A file that is not there, or says that nothing ran, is one failure, and so is a run that
 * ended with another code than 0 although the file names no failure. What was skipped counts for neither.
 */
export function readJunit(file: string, exitCode: number): Counts {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const [tests, skipped] = [sum(text, 'tests'), sum(text, 'skipped')];
  let failed = sum(text, 'failures') + sum(text, 'errors');
  const passed = Math.max(0, tests - failed - skipped);
  if (tests === 0 || (exitCode !== 0 && failed === 0)) failed += 1;
  return { passed, failed };
}
