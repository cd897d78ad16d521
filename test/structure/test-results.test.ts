import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readJunit } from '../../scripts/test/junit.ts';
import { renderMatrix } from '../../scripts/test/matrix.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-results-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A result file with one suite. */
function junit(tests: number, failures: number, skipped = 0): string {
  const file = join(folder, 'results.xml');
  writeFileSync(
    file,
    `<testsuites tests="${tests}"><testsuite name="a" tests="${tests}" failures="${failures}" errors="0" skipped="${skipped}"></testsuite></testsuites>`,
  );
  return file;
}

describe('result files', () => {
  test('passed and failed are counted, skipped ones not', () => {
    expect(readJunit(junit(10, 2, 3), 1)).toEqual({ passed: 5, failed: 2 });
  });

  test('a missing file, an empty one and an exit code without a failure are failures', () => {
    expect(readJunit(join(folder, 'nothing.xml'), 0)).toEqual({ passed: 0, failed: 1 });
    expect(readJunit(junit(0, 0), 0)).toEqual({ passed: 0, failed: 1 });
    expect(readJunit(junit(4, 0), 1)).toEqual({ passed: 4, failed: 1 });
  });
});

describe('the matrix', () => {
  const filter = 'rpc/whoAmI';
  const result = { group: 'rpc', name: 'whoAmI and introspect say who the token stands for', ok: true, ms: 1 };

  test('a case that passed', () => {
    const columns = [{ runtime: 'node' as const, results: [result], seconds: 1 }];
    expect(renderMatrix(columns, filter)).toMatchObject({ passed: 1, failed: 0 });
  });

  test('a case without a result failed, and so did a runtime that broke off', () => {
    const columns = [{ runtime: 'deno' as const, results: [], seconds: 1, broken: 'out of memory' }];
    const { passed, failed, text } = renderMatrix(columns, filter);
    expect({ passed, failed }).toEqual({ passed: 0, failed: 2 });
    expect(text).toContain('out of memory');
  });

  test('n/a needs a group that allows it, and few cells', () => {
    const columns = [{ runtime: 'bun' as const, results: [{ ...result, na: 'no such thing' }], seconds: 1 }];
    const { failed, text } = renderMatrix(columns, filter);
    expect(failed).toBe(2);
    expect(text).toContain('no such thing');
  });
});
