import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import { root } from './command.ts';
import type { Counts } from './results.ts';

/** Writes the counts of a run into the file KAGGLE_TS_RESULTS, with the failures and the reason for each skipped test. */
export default class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts: Counts = { passed: 0, failed: 0, failures: [], skipped: [] };
    const fail = (where: string, error: { message: string } | undefined) => {
      counts.failed += 1;
      counts.failures.push(`${where}: ${stripVTControlCharacters(error?.message ?? 'no error').split('\n', 1)[0]}`);
    };
    for (const error of errors) fail('outside of a test', error);
    for (const module of modules) {
      const file = relative(root, module.moduleId);
      for (const error of module.errors()) fail(file, error);
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'failed') fail(`${file}: ${test.fullName}`, result.errors[0]);
        else {
          const reason = (result.state === 'skipped' && result.note) || 'no reason given';
          counts.skipped.push(`${file}: ${test.fullName}: ${reason}`);
        }
      }
    }
    writeFileSync(process.env.KAGGLE_TS_RESULTS!, JSON.stringify(counts));
  }
}
