import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { renderMatrix } from '../../scripts/test/matrix.ts';
import { type Counts, closingLines, readResults } from '../../scripts/test/results.ts';
import { parseSelection } from '../../scripts/test/selection.ts';
import { root } from './source-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-results-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'results.json');
const reporter = join(root, 'scripts/test/reporter.ts');
const vitest = join(root, 'node_modules/vitest/dist/index.js');

/** What is read from a result file. */
function results(counts: Counts, exitCode: number): Counts {
  writeFileSync(file, JSON.stringify(counts));
  return readResults(file, exitCode);
}

describe('result files', () => {
  const skipped = ['test/a.test.ts: a test: there is no python'];

  test('passed and failed tests are counted, skipped ones are listed', () => {
    const counts = { passed: 5, failed: 2, failures: ['a', 'b'], skipped };
    expect(results(counts, 1)).toEqual(counts);
  });

  test('a missing file, a file without tests, and an exit code without a failed test count as failures', () => {
    const nothing = { passed: 0, failed: 1, failures: ['vitest ran no test'] };
    expect(readResults(join(folder, 'nothing.json'), 0)).toEqual({ ...nothing, skipped: [] });
    expect(results({ passed: 0, failed: 0, failures: [], skipped }, 0)).toEqual({ ...nothing, skipped });
    expect(results({ passed: 4, failed: 0, failures: [], skipped: [] }, 1)).toEqual({
      passed: 4,
      failed: 1,
      failures: ['vitest exited with code 1'],
      skipped: [],
    });
  });

  test('the totals are the last line, after skipped and failed tests', () => {
    expect(closingLines({ passed: 4, failed: 0, failures: [], skipped: [] })).toEqual(['4 passed, 0 failed']);
    const failures = ['test/b.test.ts: another: expected 1 to be 2'];
    expect(closingLines({ passed: 4, failed: 1, failures, skipped })).toEqual([
      '1 skipped:',
      '  test/a.test.ts: a test: there is no python',
      '',
      '1 failed:',
      '  test/b.test.ts: another: expected 1 to be 2',
      '',
      '4 passed, 1 failed',
    ]);
  });

  test('each kind of test is counted, and a file that cannot be loaded is a failure', () => {
    rmSync(file, { force: true });
    const tests = join(folder, 'sample');
    mkdirSync(tests);
    writeFileSync(
      join(tests, 'kinds.test.js'),
      `import { describe, expect, test } from '${vitest}';
test('passes', () => {});
test('fails', () => expect(1).toBe(2));
describe('inside', () => {
  test('says why', (context) => context.skip('there is no python'));
  test.skip('says nothing', () => {});
});`,
    );
    writeFileSync(join(tests, 'broken.test.js'), 'throw new Error("broken")');
    const args = ['run', `--root=${tests}`, `--reporter=${reporter}`];
    const { status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
      env: { ...process.env, KAGGLE_TS_RESULTS: file },
    });
    expect(readResults(file, status!)).toEqual({
      passed: 1,
      failed: 2,
      failures: [
        expect.stringMatching(/broken\.test\.js: broken$/),
        expect.stringMatching(/kinds\.test\.js: fails: expected 1 to be 2 /),
      ],
      skipped: [
        expect.stringMatching(/kinds\.test\.js: inside > says why: there is no python$/),
        expect.stringMatching(/kinds\.test\.js: inside > says nothing: no reason given$/),
      ],
    });
  });
});

describe('the matrix', () => {
  const selection = parseSelection(['--over', 'tls', 'rpc/whoAmI']);
  const result = {
    over: 'tls' as const,
    group: 'rpc',
    name: 'whoAmI and introspect say who the token stands for',
    ok: true,
    ms: 1,
  };

  test('a case that passed', () => {
    const columns = [{ runtime: 'node' as const, results: [result], seconds: 1 }];
    expect(renderMatrix(columns, selection)).toMatchObject({ passed: 1, failed: 0 });
  });

  test('a case without a result is a failure, and so is a runtime that stops early', () => {
    const columns = [{ runtime: 'deno' as const, results: [], seconds: 1, broken: 'out of memory' }];
    const { passed, failed, errors, text } = renderMatrix(columns, selection);
    expect({ passed, failed }).toEqual({ passed: 0, failed: 2 });
    expect(errors).toEqual([
      expect.stringContaining('who the token stands for on deno, over TLS: no result'),
      'FAIL deno was aborted: out of memory',
    ]);
    expect(text).toContain('out of memory');
  });

  test('n/a is allowed in some groups only, and for few cells', () => {
    const columns = [{ runtime: 'bun' as const, results: [{ ...result, na: 'no such thing' }], seconds: 1 }];
    const { failed, text } = renderMatrix(columns, selection);
    expect(failed).toBe(2);
    expect(text).toContain('no such thing');
  });
});
