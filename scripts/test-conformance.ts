/**
 * Runs the conformance suite alone, against the packed tarball of the current build:
 * `npm run test:conformance [-- [--over tls,plain,h2] [runtime,runtime] [part of group/name]]`, for example
 * `-- deno,bun upload/`. Without `--over` all cases run over TLS; those that depend on the transport also run over plain HTTP
 * and HTTP/2.
 */
import process from 'node:process';
import { runConformance } from './test/conformance.ts';
import { renderMatrix } from './test/matrix.ts';
import { parseSelection } from './test/selection.ts';

const selection = parseSelection(process.argv.slice(2));
const columns = await runConformance(selection, ({ runtime, results, seconds }) => {
  const failures = results.filter((result) => !result.ok).length;
  console.log(`${runtime}: ${results.length} cases, ${failures} failed, ${seconds.toFixed(1)} s`);
});
const { passed, failed, text } = renderMatrix(columns, selection);
console.log(`\n${text}\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
