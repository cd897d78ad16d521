/**
 * All tests, in the order in which a mistake shows soonest: style, types, generated code, the build, the tests of vitest
 * (units, contract, platforms, emulator, size, structure, examples), and the conformance suite on every runtime. Ends with
 * one line that sums them up, `N passed, N failed`, and before it what was skipped, with the reasons, and what failed; the
 * exit code is 0 only when nothing failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { command } from './test/command.ts';
import { runConformance } from './test/conformance.ts';
import { type Counts, closingLines, readResults } from './test/results.ts';
import { parseSelection } from './test/selection.ts';

/**
 * The official Python clients, which are installed beside the first stages where there is a Python with pip; the tests that
 * need them are skipped elsewhere.
 */
async function installClients(): Promise<Record<string, string>> {
  const { code, output } = await command('node', ['test/interop/python/setup.ts', '--install']);
  if (code === 0) return { KAGGLE_TS_PYTHONPATH: output.trim() };
  console.log(output.trim());
  return {};
}
const clients = installClients();

const none: Counts = { passed: 0, failed: 0, failures: [], skipped: [] };
const scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** A check that passes or fails as one; what it says is shown when it fails. */
function check(name: string, args: readonly string[]): () => Promise<Counts> {
  return async () => {
    const { code, output } = await command(name, args);
    if (code !== 0) console.log(output.trimEnd());
    return code === 0 ? { ...none, passed: 1 } : { ...none, failed: 1, failures: [[name, ...args].join(' ')] };
  };
}

async function vitest(): Promise<Counts> {
  const file = join(scratch, 'vitest.json');
  const reporters = ['--reporter=dot', '--reporter=./scripts/test/reporter.ts'];
  const env = { KAGGLE_TS_RESULTS: file, ...(await clients) };
  const { code } = await command('vitest', ['run', ...reporters], { show: true, env });
  return readResults(file, code);
}

async function conformance(): Promise<Counts> {
  try {
    // The cases import the package by its name: before the build there is none.
    const { renderMatrix } = await import('./test/matrix.ts');
    const selection = parseSelection([]);
    const columns = await runConformance(selection, ({ runtime, results, seconds }) => {
      console.log(`${runtime}: ${results.length} cases in ${seconds.toFixed(1)} s`);
    });
    const { passed, failed, errors, text } = renderMatrix(columns, selection);
    console.log(`\n${text}`);
    return { passed, failed, failures: errors.map((error) => error.split('\n', 1)[0]!), skipped: [] };
  } catch (error) {
    console.log(`the conformance suite could not be run: ${(error as Error).stack}`);
    return { ...none, failed: 1, failures: ['the conformance suite could not be run'] };
  }
}

const stages: readonly [name: string, run: () => Promise<Counts>][] = [
  ['style', check('biome', ['ci', '.'])],
  ['types', check('npm', ['run', '--silent', 'typecheck'])],
  ['generated code', check('npm', ['run', '--silent', 'generate', '--', '--check'])],
  ['build', check('npm', ['run', '--silent', 'build'])],
  ['vitest', vitest],
  ['conformance', conformance],
];

const total: Counts = { passed: 0, failed: 0, failures: [], skipped: [] };
const summary: string[] = [];
for (const [name, run] of stages) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const { passed, failed, failures, skipped } = await run();
  total.passed += passed;
  total.failed += failed;
  total.failures.push(...failures);
  total.skipped.push(...skipped);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  summary.push(
    `${name.padEnd(16)}${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed ${seconds.padStart(7)} s`,
  );
  console.log(summary.at(-1));
}
console.log(['', ...summary, '', ...closingLines(total)].join('\n'));
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
