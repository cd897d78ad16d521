import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import process from 'node:process';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import { root } from './command.ts';
import type { Counts } from './results.ts';

/** Counts the tests of a run into the file KAGGLE_TS_RESULTS, with the reason of each that was skipped. */
export default class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts: Counts = { passed: 0, failed: errors.length, skipped: [] };
    for (const module of modules) {
      counts.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'failed') counts.failed += 1;
        else {
          const reason = (result.state === 'skipped' && result.note) || 'no reason given';
          counts.skipped.push(`${relative(root, module.moduleId)}: ${test.fullName}: ${reason}`);
        }
      }
    }
    writeFileSync(process.env.KAGGLE_TS_RESULTS!, JSON.stringify(counts));
  }
}
