import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { root } from '../structure/source-files.ts';

let folder: string;
const file = (name: string) => join(folder, name);
const readIt = (name: string) => readFileSync(file(name), 'utf8');
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();

/** Changes a file and commits it. */
function change(name: string, to: (text: string) => string): void {
  writeFileSync(file(name), to(readIt(name)));
  git('commit', '--all', '--message', `change ${name}`);
}

/** A repository with the files that a release changes. Its checks, which take minutes in the project, only record that they ran. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-release-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['package.json', 'package-lock.json', 'jsr.json', 'src/core/rpc/version.ts']) {
    cpSync(join(root, name), file(name));
  }
  const manifest = JSON.parse(readIt('package.json'));
  const ran = 'echo "$npm_lifecycle_event" >> .git/ran';
  manifest.scripts = { check: ran, build: ran, 'test:unit': ran };
  writeFileSync(file('package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(
    file('CHANGELOG.md'),
    '# Changelog\n\n## Unreleased\n\n### Added\n- A new verb.\n\n## 0.0.9 - 2026-01-01\n- Old.\n',
  );
  git('init', '--quiet', '--initial-branch', 'main');
  git('config', 'user.name', 'Somebody');
  git('config', 'user.email', 'somebody@localhost');
  git('add', '.');
  git('commit', '--quiet', '--message', 'start');
});

function release(...args: string[]): { code: number | null; output: string } {
  const { npm_lifecycle_event, ...env } = process.env;
  const script = join(root, 'scripts/release.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { code: status, output: stdout + stderr };
}

test('sets the version everywhere, dates the changelog, commits and tags', () => {
  const { version } = JSON.parse(readIt('package.json'));
  const [major, minor] = version.split('.').map(Number);
  const next = `${major}.${minor + 1}.0`;
  const { code, output } = release('minor');
  expect(output).toMatch(/git push --follow-tags origin main\s*$/);
  expect(code).toBe(0);
  expect(readIt('.git/ran')).toMatch(/^check\nbuild\ntest:unit test\/package .*\n$/);
  const lock = JSON.parse(readIt('package-lock.json'));
  const versions = [JSON.parse(readIt('package.json')).version, JSON.parse(readIt('jsr.json')).version];
  expect([...versions, lock.version, lock.packages[''].version]).toEqual([next, next, next, next]);
  expect(readIt('src/core/rpc/version.ts')).toContain(`= '${next}';`);
  const today = new Date().toISOString().slice(0, 10);
  expect(readIt('CHANGELOG.md')).toContain(
    `## Unreleased\n\n## ${next} - ${today}\n\n### Added\n- A new verb.\n\n## 0.0.9`,
  );
  expect(git('status', '--porcelain')).toBe('');
  expect(git('log', '-1', '--format=%s %D')).toBe(`Release ${next} HEAD -> main, tag: v${next}`);
  // Only the two versions changed in the lock file.
  expect(git('show', '--numstat', '--format=', 'HEAD', '--', 'package-lock.json')).toMatch(/^2\s+2\s/);

  expect(release('--verify', `v${next}`)).toMatchObject({ code: 0 });
  expect(release('--notes', `v${next}`)).toEqual({ code: 0, output: '### Added\n- A new verb.\n' });
  expect(release('--verify', 'v9.9.9').output).toMatch(/the tag is v9\.9\.9, but the version is \d/);
  expect(release('patch').output).toMatch(/nothing under "Unreleased"/);
});

test('--dry-run prints the version and the notes and changes nothing', () => {
  const before = git('rev-parse', 'HEAD');
  const { code, output } = release('7.0.0', '--dry-run');
  expect(output).toMatch(/^\d+\.\d+\.\d+ -> 7\.0\.0\n.*- A new verb\..*dry run: nothing was changed/s);
  expect(code).toBe(0);
  expect([git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag')]).toEqual([before, '', '']);
});

test.each<[string, () => void, string[], RegExp]>([
  [
    'changes that are not committed',
    () => writeFileSync(file('new.txt'), ''),
    ['minor'],
    /has changes.*\?\? new\.txt/s,
  ],
  ['another branch', () => git('switch', '--create', 'topic'), ['minor'], /made on main, this is topic/],
  [
    'an empty changelog',
    () => change('CHANGELOG.md', (text) => text.replace('- A new verb.', '')),
    ['minor'],
    /CHANGELOG\.md has nothing under "Unreleased"/,
  ],
  ['an existing tag', () => git('tag', 'v7.0.0'), ['7.0.0'], /the tag v7\.0\.0 exists/],
  ['an earlier version', () => {}, ['0.0.1'], /0\.0\.1 is before \d/],
  ['an invalid version', () => {}, ['big'], /expected major, minor, patch or a version like 1\.2\.3, got "big"/],
  ['no version', () => {}, [], /usage: npm run release -- /],
  [
    'files that disagree',
    () => change('jsr.json', (text) => text.replace(/"version": "[^"]+"/, '"version": "5.5.5"')),
    ['minor'],
    /jsr\.json has version 5\.5\.5, package\.json has \d/,
  ],
  [
    'a check that fails',
    () => change('package.json', (text) => text.replace(/"build": ".*"/, '"build": "exit 3"')),
    ['minor'],
    /npm run build/,
  ],
])('refuses %s', (_, prepare, args, message) => {
  prepare();
  const before = git('rev-parse', 'HEAD');
  const { code, output } = release(...args);
  expect(output).toMatch(message);
  expect(output).toMatch(/^cannot release: /m);
  expect(code).toBe(1);
  expect(git('rev-parse', 'HEAD')).toBe(before);
});
