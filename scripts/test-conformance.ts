/**
 * The conformance suite alone, against the packed tarball of what is built:
 * `npm run test:conformance [-- [runtime,runtime] [part of group/name]]`, for example `-- deno,bun upload/`.
 */
import process from 'node:process';
import type { RuntimeName } from '../test/conformance/context.ts';
import { runtimeNames } from '../test/runtimes/start.ts';
import { runConformance } from './test/conformance.ts';
import { renderMatrix } from './test/matrix.ts';

const args = process.argv.slice(2);
const isList = (text: string | undefined) =>
  text?.split(',').every((name) => runtimeNames.includes(name as RuntimeName));
const runtimes = isList(args[0]) ? (args.shift()!.split(',') as RuntimeName[]) : runtimeNames;
const filter = args.shift();

const columns = await runConformance(runtimes, filter, ({ runtime, results, seconds }) => {
  const failures = results.filter((result) => !result.ok).length;
  console.log(`${runtime}: ${results.length} cases, ${failures} failed, ${seconds.toFixed(1)} s`);
});
const { passed, failed, text } = renderMatrix(columns, filter);
console.log(`\n${text}\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
