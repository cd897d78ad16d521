import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { command } from '../../scripts/test/command.ts';
import { caches } from '../caches.ts';
import { read, root } from '../structure/source-files.ts';

const npm = JSON.parse(read('package.json'));
const jsr = JSON.parse(read('jsr.json'));

test('jsr.json has the version and license of package.json', () => {
  expect({ version: jsr.version, license: jsr.license }).toEqual({ version: npm.version, license: npm.license });
});

test('jsr.json exports the sources of the same entries', () => {
  // JSR has no conditions: the main entry is the one for Deno.
  const expected: Record<string, string> = { '.': './src/deno.ts' };
  for (const [subpath, target] of Object.entries<{ default?: string }>(npm.exports)) {
    if (typeof target.default !== 'string') continue;
    const pattern = target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
    for (const file of globSync(pattern, { cwd: root })) {
      const star = /^src\/services\/(\w+)\/generated/.exec(file)?.[1] ?? '';
      expected[subpath.replace('*', star)] = `./${file}`;
    }
  }
  expect(jsr.exports).toEqual(expected);
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
