/**
 * The matrix of faults: every way to fail with every transfer on every runtime, against the packed tarball of what is
 * built: `npm run faults [-- [runtime,runtime] [part of operation/fault]]`, for example `-- deno,bun 'download, small/drop'`.
 */
import process from 'node:process';
import type { RuntimeName } from '../test/conformance/context.ts';
import { selected } from '../test/conformance/loop.ts';
import { runtimeNames } from '../test/runtimes/start.ts';
import { runConformance } from './test/conformance.ts';
import { summarize } from './test/faults.ts';

const args = process.argv.slice(2);
const isList = (text: string | undefined) =>
  text?.split(',').every((name) => runtimeNames.includes(name as RuntimeName));
const runtimes = isList(args[0]) ? (args.shift()!.split(',') as RuntimeName[]) : runtimeNames;
const filter = args.shift();
const started = Date.now();

const columns = await runConformance(
  runtimes,
  filter,
  ({ runtime, results, seconds }) => {
    const failures = results.filter((result) => !result.ok).length;
    console.log(`${runtime}: ${results.length} cells, ${failures} failed, ${seconds.toFixed(1)} s`);
  },
  'faults',
);
const { totals, failures } = summarize(columns, (group, name) => selected(group, name, filter));
console.log(failures.join('\n'));
console.log(JSON.stringify(totals), ((Date.now() - started) / 1000).toFixed(1));
const slow = columns
  .flatMap(({ runtime, results }) => results.map((result) => ({ runtime, ...result })))
  .sort((a, b) => b.ms - a.ms)
  .slice(0, 15);
for (const { runtime, group, name, ms } of slow) console.log(ms, runtime, group, name);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
