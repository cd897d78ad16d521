/**
 * Prints what an installed kagglesdk has that contract/kaggle-api.json has not, and the other way round.
 *
 *   node scripts/contract/diff.ts [--python python3] [--write] [before.json] [after.json]
 *
 * `before` is by default contract/kaggle-api.json, `after` what extract.py reads from the kagglesdk that the given
 * python can import (PYTHONPATH counts). --write stores `after` as contract/kaggle-api.json; then run the generator.
 * Exit codes: 0 the same, 1 different, 2 cannot tell.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { changeLines, compareContracts } from './compare.ts';
import { type Contract, contractUrl, readContract } from './model.ts';

function extract(python: string): string {
  const script = fileURLToPath(new URL('./extract.py', import.meta.url));
  return execFileSync(python, [script], { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'inherit'] });
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { python: { type: 'string', default: 'python3' }, write: { type: 'boolean', default: false } },
  });
  const [before, after] = positionals;
  const old = readContract(before ?? contractUrl);
  const text = after === undefined ? extract(values.python) : JSON.stringify(readContract(after), undefined, 1);
  const fresh = JSON.parse(text) as Contract;
  const changes = compareContracts(old, fresh);
  console.log([`before: ${old.source}`, `after:  ${fresh.source}`, ...changeLines(changes)].join('\n'));
  if (values.write) writeFileSync(contractUrl, `${text.trimEnd()}\n`);
  return changes.length > 0 ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
