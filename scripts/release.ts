/**
 * Makes a release: sets the version, dates the changelog, commits and tags. Pushing the tag starts the workflow that tests
 * and publishes. `npm run release -- major|minor|patch|VERSION [--dry-run]`. The workflow uses `--verify TAG`, which checks
 * that the tag matches the version, and `--notes TAG`, which prints its part of the changelog.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { notesOf, releasedChangelog, unreleasedPart } from './release/changelog.ts';
import { currentVersion, nextVersion, writeVersion } from './release/version.ts';

/** npm starts scripts in the folder of the project. */
const folder = process.cwd();
const changelogFile = join(folder, 'CHANGELOG.md');
const changelog = readFileSync(changelogFile, 'utf8');

const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();

/** What must hold of the package before it gets a version; the workflow runs all tests. */
const checks = [
  ['run', 'check'],
  ['run', 'build'],
  ['run', 'test:unit', '--', 'test/package', 'test/structure', 'test/size', 'test/types'],
];

function verify(tag: string): void {
  const version = currentVersion(folder);
  if (tag !== `v${version}`)
    throw new Error(`the tag is ${tag}, but the version is ${version}; tag with "npm run release"`);
  if (!notesOf(changelog, version)) throw new Error(`CHANGELOG.md has no part "## ${version} - DATE"`);
  console.log(`${tag} is ready to publish`);
}

function notes(tag: string): void {
  const found = notesOf(changelog, tag.replace(/^v/, ''));
  if (!found) throw new Error(`CHANGELOG.md has no part for ${tag}`);
  console.log(found);
}

function release(wanted: string, dryRun: boolean): void {
  const branch = git('rev-parse', '--abbrev-ref', 'HEAD');
  if (branch !== 'main') throw new Error(`releases are made on main, this is ${branch}; run "git switch main"`);
  const changes = git('status', '--porcelain');
  if (changes) throw new Error(`the working tree has changes; commit or stash them:\n${changes}`);
  const current = currentVersion(folder);
  const version = nextVersion(current, wanted);
  const tag = `v${version}`;
  if (git('tag', '--list', tag)) throw new Error(`the tag ${tag} exists; choose a later version`);
  const part = unreleasedPart(changelog);
  if (!part) throw new Error('CHANGELOG.md has nothing under "Unreleased"; describe what changed for users');

  console.log(`${current} -> ${version}\n\n${part}\n`);
  if (dryRun) {
    console.log(
      `dry run: nothing was changed; a release runs\n${checks.map((args) => `  npm ${args.join(' ')}`).join('\n')}`,
    );
    return;
  }
  for (const args of checks) {
    execFileSync('npm', args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
  }
  const files = writeVersion(folder, version);
  writeFileSync(changelogFile, releasedChangelog(changelog, version, new Date().toISOString().slice(0, 10)));
  git('add', 'CHANGELOG.md', ...files);
  git('commit', '--message', `Release ${version}`);
  git('tag', '--annotate', tag, '--message', `kaggle-ts ${version}`);
  console.log(`${tag} is committed and tagged; publish it with\n  git push --follow-tags origin main`);
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean' }, verify: { type: 'string' }, notes: { type: 'string' } },
  });
  if (values.verify !== undefined) verify(values.verify);
  else if (values.notes !== undefined) notes(values.notes);
  else if (positionals.length === 1) release(positionals[0]!, values['dry-run'] ?? false);
  else throw new Error('usage: npm run release -- major|minor|patch|VERSION [--dry-run]');
} catch (error) {
  console.error(`cannot release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
