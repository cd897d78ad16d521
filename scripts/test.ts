/**
 * Runs all tests, fast checks first and in parallel: style, types, generated code, the build; then vitest, and the
 * conformance suite on every runtime. Prints what was skipped and why, what failed, and as its last line
 * `N passed, N failed`. The exit code is 0 only if nothing failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { command } from './test/command.ts';
import { type Column, runConformance } from './test/conformance.ts';
import { pack } from './test/consumer.ts';
import { type Counts, closingLines, readResults } from './test/results.ts';
import { parseSelection } from './test/selection.ts';

/**
 * Installs the official Python clients, in parallel with the first stages. Tests that need them are skipped if there is no
 * Python with pip.
 */
async function installClients(): Promise<Record<string, string>> {
  const { code, output } = await command('node', ['test/interop/python/setup.ts', '--install']);
  if (code === 0) return { KAGGLE_TS_PYTHONPATH: output.trim() };
  console.log(output.trim());
  return {};
}
const clients = installClients();

/** Saves the snapshots of the Python interpreter, one for each kind of runtime, before many tests start interpreters. */
const snapshots = Promise.all(
  ['node', 'node22'].map((name) =>
    command(`node_modules/${name}/bin/node`, ['--liftoff-only', 'test/testing/start-interpreter.ts']),
  ),
);

const tsc = 'node_modules/typescript/bin/tsc';
const none: Counts = { passed: 0, failed: 0, failures: [], skipped: [] };
const scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** A stage that counts as one test. It starts at once, in parallel with the others. Its output is shown if it fails. */
function check(...commands: readonly (readonly [name: string, ...args: string[]])[]): () => Promise<Counts> {
  const running = commands.map(async ([name, ...args]) => ({ name, args, ...(await command(name, args)) }));
  return async () => {
    const failed = (await Promise.all(running)).filter(({ code }) => code !== 0);
    for (const { output } of failed) console.log(output.trimEnd());
    if (failed.length === 0) return { ...none, passed: 1 };
    return { ...none, failed: 1, failures: failed.map(({ name, args }) => [name, ...args].join(' ')) };
  };
}

async function vitest(): Promise<Counts> {
  const file = join(scratch, 'vitest.json');
  const reporters = ['--reporter=dot', '--reporter=./scripts/test/reporter.ts'];
  const env = { KAGGLE_TS_RESULTS: file, ...(await clients) };
  await snapshots;
  const { code } = await command('vitest', ['run', ...reporters], { show: true, env });
  return readResults(file, code);
}

/** The conformance suite, beside vitest: each mostly waits. Returns what it prints, too. */
async function conformance(): Promise<{ counts: Counts; report: string }> {
  try {
    // The cases import the package by its name, which resolves only after the build.
    const { renderMatrix } = await import('./test/matrix.ts');
    const selection = parseSelection([]);
    const lines: string[] = [];
    const add = ({ runtime, results, seconds }: Column) =>
      lines.push(`${runtime}: ${results.length} cases in ${seconds.toFixed(1)} s`);
    const columns = await runConformance(selection, add, 2);
    const { passed, failed, errors, text } = renderMatrix(columns, selection);
    const failures = errors.map((error) => error.split('\n', 1)[0]!);
    return { counts: { passed, failed, failures, skipped: [] }, report: [...lines, '', text].join('\n') };
  } catch (error) {
    const failure = 'cannot run the conformance suite';
    return {
      counts: { ...none, failed: 1, failures: [failure] },
      report: `${failure}: ${(error as Error).stack}`,
    };
  }
}

let besideVitest: ReturnType<typeof conformance> | undefined;
const stages: readonly [name: string, run: () => Promise<Counts>][] = [
  ['style', check(['biome', 'ci', '.'])],
  ['types', check(['node', tsc, '-p', '.'], ['node', tsc, '-p', 'test'])],
  ['generated code', check(['node', 'scripts/generate.ts', '--check'])],
  ['build', check(['npm', 'run', '--silent', 'build'])],
  [
    'vitest',
    async () => {
      // If this fails, so do the tests that need the tarball: they try again and report the error.
      const tarball = await pack(scratch).catch(() => undefined);
      if (tarball) process.env.KAGGLE_TS_TARBALL = tarball;
      besideVitest = conformance();
      return vitest();
    },
  ],
  [
    'conformance',
    async () => {
      const { counts, report } = await besideVitest!;
      console.log(report);
      return counts;
    },
  ],
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
