import { expect, test } from 'vitest';
import { publicEntries } from '../../scripts/docs/entries.ts';
import { command } from '../../scripts/test/command.ts';
import { caches } from '../caches.ts';
import { read } from '../structure/source-files.ts';

const npm = JSON.parse(read('package.json'));
const jsr = JSON.parse(read('jsr.json'));

test('jsr.json has the version and license of package.json', () => {
  expect({ version: jsr.version, license: jsr.license }).toEqual({ version: npm.version, license: npm.license });
});

test('jsr.json exports the sources of the same entries', () => {
  // JSR has no conditions: the main entry is the one for Deno.
  const entries = publicEntries('deno').map(({ name, source }) => [name.replace('kaggle-ts', '.'), `./${source}`]);
  expect(jsr.exports).toEqual(Object.fromEntries(entries));
});

test('deno publish finds no slow types and no import that JSR cannot resolve', async () => {
  // Checking the types takes ten times as long; the workflow does it.
  const args = ['publish', '--dry-run', '--allow-dirty', '--no-check'];
  const { code, output } = await command('deno', args, { env: { ...caches, NO_COLOR: '1' } });
  expect(output).toMatch(/Success Dry run complete\s*$/);
  expect(code).toBe(0);
  const files = [...output.matchAll(/^ {3}file:\/\/\S*?\/((?:src|test|README)\S*) \(/gm)].map(([, file]) => file!);
  expect(files).toContain('src/deno.ts');
  expect(files).toContain('README.md');
  expect(files.filter((file) => !/^(?:src\/(?!cli).*\.ts|README\.md)$/.test(file))).toEqual([]);
});
