import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/test/command.ts';
import { briefKernels } from '../caches.ts';
import { cleanEnvironment, start } from '../cli/start.ts';
import { type Snippet, snippets } from './documents.ts';
import type { Result } from './run-snippets.ts';

const typescript = snippets.filter(({ language }) => language === 'ts');
const opening = (path: string) => typescript.find((snippet) => snippet.path === path);
const guides = [...new Set(typescript.map(({ path }) => path))].filter((path) => path.startsWith('docs/guides/'));
const tenLines = opening('README.md')!;

/** The README's first program, the one that begins each guide, and what is marked. */
const programs = [
  ...['README.md', ...guides].flatMap((path) => opening(path) ?? []).filter(({ tags }) => !tags.includes('no-run')),
  ...typescript.filter((snippet) => snippet.tags.includes('run') && snippet !== opening(snippet.path)),
];

const results = new Map<string, Result>();

beforeAll(async () => {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, '.tmp/docs-run-'));
  try {
    writeFileSync(join(folder, 'snippets.json'), JSON.stringify(programs));
    const env = cleanEnvironment({
      KAGGLE_API_TOKEN: 'KGAT_test',
      HOME: folder,
      XDG_STATE_HOME: join(folder, 'state'),
      TMPDIR: folder,
    });
    const script = join(import.meta.dirname, 'run-snippets.ts');
    const { code, stdout, stderr } = await start(process.execPath, [briefKernels, script, folder], env).ended;
    expect(code, `${stdout}${stderr}`).toBe(0);
    const found: Result[] = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
    for (const result of found) results.set(result.place, result);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each(programs)('$place runs', ({ place }: Snippet) => {
  expect(results.get(place)).toMatchObject({ place });
  expect(results.get(place)?.error).toBeUndefined();
});

test('the job in ten lines does what the README says', () => {
  const { lines, files, shapes } = results.get(tenLines.place)!;
  expect(lines).toEqual(['numbers [1, 2, 3]']);
  expect(files['out/total.txt']).toBe('18');
  expect(shapes['alice/my-training']).toBe('NvidiaTeslaT4');
});

test('ten lines are ten lines', () => {
  const statements = tenLines.code.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import'));
  expect(statements.length).toBeLessThanOrEqual(10);
});
