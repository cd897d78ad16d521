/**
 * Takes another kagglesdk over: contract/kaggle-api.json, the vectors in test/vectors and the generated code.
 *
 *   node scripts/contract/update.ts [--version X] [--from FOLDER] [--dry-run]
 *
 * Installs the newest kagglesdk, or the given version, into a throwaway folder; --from takes the one in a folder instead.
 * Says what differs, what breaks users first. Where only a person can tell what a new method does, it says so and
 * writes nothing, as it does with --dry-run. May be run again at any time.
 * Exit codes: 0 done, or nothing differs; 1 a person must decide, or with --dry-run something differs; 2 it failed.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generatedFiles } from '../generate/files.ts';
import { writeGenerated } from '../generate/write.ts';
import { changeLines, compareContracts } from './compare.ts';
import { type Contract, kagglesdkVersion, readContract } from './model.ts';
import { pipInstall, runPython } from './python.ts';
import { newMethodLines, openQuestions } from './review.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-contract-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const say = (...lines: string[]): void => console.log(lines.join('\n'));
const list = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** The folder of the kagglesdk that is taken over. */
function install(version: string | undefined): string {
  const wanted = version ? `kagglesdk==${version}` : 'kagglesdk';
  say(`installing ${version ? wanted : 'the newest kagglesdk'} into a throwaway folder`);
  const folder = join(scratch, 'packages');
  pipInstall(folder, [wanted]);
  return folder;
}

/** Writes the files that are different. Returns their paths. */
function update(files: ReadonlyMap<string, string>): string[] {
  const changed = [...files].filter(([path, text]) => readFileSync(join(root, path), 'utf8') !== text);
  for (const [path, text] of changed) writeFileSync(join(root, path), text);
  return changed.map(([path]) => path);
}

function record(packages: string): [path: string, text: string][] {
  const folder = mkdtempSync(join(scratch, 'vectors-'));
  runPython(packages, ['-m', 'record', folder]);
  return readdirSync(folder).map((name) => [`test/vectors/${name}`, readFileSync(join(folder, name), 'utf8')]);
}

/** Without a version named, an older kagglesdk is a mistake: an old Python is offered old ones only. */
function refuseOlder(before: Contract, after: Contract): void {
  const [old, fresh] = [kagglesdkVersion(before), kagglesdkVersion(after)];
  if (fresh.localeCompare(old, 'en', { numeric: true }) >= 0) return;
  throw new Error(
    `kagglesdk ${fresh} is older than the contract's ${old}: a newer Python may get a newer one; --version goes back to it`,
  );
}

function main(): number {
  const { values } = parseArgs({
    options: { version: { type: 'string' }, from: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
  });
  const before = readContract();
  const packages = values.from ?? install(values.version);
  if (values.from && !existsSync(join(values.from, 'kagglesdk'))) throw new Error(`no kagglesdk in ${values.from}`);
  const text = runPython(packages, ['-m', 'extract']);
  const after = JSON.parse(text) as Contract;
  if (!values.version) refuseOlder(before, after);

  say(`from kagglesdk ${kagglesdkVersion(before)} to ${kagglesdkVersion(after)}`);
  const changes = compareContracts(before, after);
  say(...changeLines(changes));
  const questions = openQuestions(after);
  if (questions.length > 0) say('', 'a person must decide, in scripts/contract/flags.ts:', ...list(questions));
  const review = newMethodLines(before, after);
  if (review.length > 0) say('', 'a person must confirm; where it is wrong, change flags.ts:', ...list(review));
  if (questions.length > 0) {
    say('', 'nothing was written: decide, then run this again');
    return 1;
  }
  if (values['dry-run']) return changes.length > 0 ? 1 : 0;

  // All that can fail comes before the first file is written.
  const generated = generatedFiles(after);
  const written = update(new Map([['contract/kaggle-api.json', text], ...record(packages)]));
  const { changed, gone } = writeGenerated(generated);
  written.push(...changed.map((path) => `src/services/${path}`));
  const removed = gone.map((path) => `src/services/${path}`);
  if (written.length + removed.length === 0) say('', 'nothing to write: all is as it should be');
  if (written.length > 0) say('', `written (${written.length}):`, ...list(written));
  if (removed.length > 0) say('', `removed (${removed.length}):`, ...list(removed));
  say('', 'next: npm run check && npx vitest run test/contract; CONTRIBUTING.md has the rest');
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
