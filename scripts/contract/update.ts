/**
 * Updates contract/kaggle-api.json, test/vectors and the generated code to another kagglesdk.
 *
 *   node scripts/contract/update.ts [--version X] [--from FOLDER] [--dry-run]
 *
 * Installs the newest kagglesdk, or the given version, into a temporary folder; --from uses an installed one. Prints the
 * changes, breaking ones first. Writes nothing with --dry-run, and nothing while the effect of a new method is unknown.
 *
 * Exit codes: 0 updated, or no changes; 1 a decision is needed, or changes exist (--dry-run); 2 failed.
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
import { coverageLines, readDescriptions } from './descriptions.ts';
import { type Contract, kagglesdkVersion, readContract } from './model.ts';
import { pipInstall, runPython } from './python.ts';
import { newMethodLines, openQuestions } from './review.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-contract-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const say = (...lines: string[]): void => console.log(lines.join('\n'));
const list = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** Installs kagglesdk. Returns its folder. */
function install(version: string | undefined): string {
  const wanted = version ? `kagglesdk==${version}` : 'kagglesdk';
  say(`installing ${version ? wanted : 'the newest kagglesdk'} into a temporary folder`);
  const folder = join(scratch, 'packages');
  pipInstall(folder, [wanted]);
  return folder;
}

/** Writes the files whose text has changed. Returns their paths. */
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

/** An older kagglesdk than asked for is a mistake: pip offers an old Python old versions only. */
function refuseOlder(before: Contract, after: Contract): void {
  const [old, fresh] = [kagglesdkVersion(before), kagglesdkVersion(after)];
  if (fresh.localeCompare(old, 'en', { numeric: true }) >= 0) return;
  throw new Error(
    `kagglesdk ${fresh} is older than the contract's ${old}: use a newer Python, or pass --version ${fresh} to downgrade`,
  );
}

function main(): number {
  const { values } = parseArgs({
    options: { version: { type: 'string' }, from: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
  });
  const before = readContract();
  const packages = values.from ?? install(values.version);
  if (values.from && !existsSync(join(values.from, 'kagglesdk')))
    throw new Error(`--from: no kagglesdk in ${values.from}`);
  const text = runPython(packages, ['-m', 'extract']);
  const after = JSON.parse(text) as Contract;
  if (!values.version) refuseOlder(before, after);

  say(`from kagglesdk ${kagglesdkVersion(before)} to ${kagglesdkVersion(after)}`);
  const changes = compareContracts(before, after);
  say(...changeLines(changes));
  const questions = openQuestions(after);
  if (questions.length > 0) say('', 'decide in scripts/contract/flags.ts:', ...list(questions));
  const review = newMethodLines(before, after);
  if (review.length > 0) say('', 'confirm, or correct in scripts/contract/flags.ts:', ...list(review));
  if (questions.length > 0) {
    say('', 'no files were written: edit flags.ts and run this again');
    return 1;
  }
  if (values['dry-run']) return changes.length > 0 ? 1 : 0;

  // Everything that can fail comes before the first write.
  const generated = generatedFiles(after);
  const written = update(new Map([['contract/kaggle-api.json', text], ...record(packages)]));
  const { changed, gone } = writeGenerated(generated);
  written.push(...changed.map((path) => `src/services/${path}`));
  const removed = gone.map((path) => `src/services/${path}`);
  if (written.length + removed.length === 0) say('', 'all files are up to date');
  if (written.length > 0) say('', `written (${written.length}):`, ...list(written));
  if (removed.length > 0) say('', `removed (${removed.length}):`, ...list(removed));
  say('', ...coverageLines(after, readDescriptions()));
  say('', 'next: describe what is new in contract/descriptions, then follow "A new kagglesdk" in CONTRIBUTING.md');
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
