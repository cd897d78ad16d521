/**
 * Runs the fault matrix (every fault, transfer and runtime) against the packed tarball, then random sequences of faults on
 * Node: `npm run faults [-- [--over tls,plain,h2] [runtime,runtime] [part of operation/fault]]`, for example
 * `-- deno,bun 'download, small/drop'`. Without `--over` all faults run over TLS; those of connections also run over plain HTTP
 * and HTTP/2. A run without arguments writes its totals into docs/faults.md.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { command, root } from './test/command.ts';
import { runConformance } from './test/conformance.ts';
import type { Summary } from './test/faults.ts';
import { type RandomFaults, runRandomFaults } from './test/random-faults.ts';
import { parseSelection } from './test/selection.ts';

const sequences = 3000;
const args = process.argv.slice(2);
const selection = { ...parseSelection(args), suite: 'faults' as const };
const { runtimes, filter } = selection;

/** Writes the totals into docs/faults.md. */
async function writeTotals(summary: Summary, random: RandomFaults, seconds: number): Promise<void> {
  const { matrixTable, totalsTable } = await import('./test/faults.ts');
  const file = join(root, 'docs/faults.md');
  const text = await readFile(file, 'utf8');
  const parts = [
    totalsTable('kind', summary.kinds, summary.totals),
    totalsTable('runtime', summary.runtimes, summary.totals),
    totalsTable('over', summary.transports, summary.totals),
    `Random sequences, on Node:\n\n${random.lines.map((line) => `- ${line}`).join('\n')}`,
    `The whole run took ${Math.round(seconds / 60)} minutes.`,
    `## The matrix\n\n${matrixTable(summary)}`,
  ];
  const [before, after] = [text.split('<!-- totals -->')[0], text.split('<!-- end of totals -->')[1]];
  await writeFile(file, `${before}<!-- totals -->\n\n${parts.join('\n\n')}\n\n<!-- end of totals -->${after}`);
}

const started = Date.now();
const built = await command('npm', ['run', '--silent', 'build']);
if (built.code !== 0) {
  console.log(built.output);
  process.exit(1);
}
// The cases import the package by its name, which resolves only after the build.
const { matrixTable, summarize, totalsTable } = await import('./test/faults.ts');
const scratch = await mkdtemp(join(tmpdir(), 'kaggle-ts-faults-'));
try {
  const columns = await runConformance(selection, ({ runtime, results, seconds }) => {
    const failures = results.filter((result) => !result.ok).length;
    console.log(`${runtime}: ${results.length} cells, ${failures} failed, ${seconds.toFixed(1)} s`);
  });
  const summary = summarize(columns, selection);
  console.log(`\n${matrixTable(summary)}\n\n${totalsTable('kind', summary.kinds, summary.totals)}\n`);
  console.log(totalsTable('runtime', summary.runtimes, summary.totals));
  console.log(`\n${totalsTable('over', summary.transports, summary.totals)}`);
  if (summary.failures.length > 0) console.log(`\n${summary.failures.join('\n')}`);
  let random: RandomFaults | undefined;
  if (filter === undefined && runtimes.includes('node')) {
    random = await runRandomFaults(sequences, scratch);
    console.log(`\n${random.ok ? random.lines.join('\n') : random.output}`);
  }
  const seconds = (Date.now() - started) / 1000;
  const { survived, refused, failed, injected, bytesLost } = summary.totals;
  console.log(
    `\n${survived} survived, ${refused} refused with the right error, ${failed} failed; ` +
      `${injected} faults injected, ${bytesLost} bytes lost; ${seconds.toFixed(0)} s`,
  );
  if (args.length === 0 && random) await writeTotals(summary, random, seconds);
  process.exitCode = failed > 0 || survived + refused === 0 || random?.ok === false ? 1 : 0;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
