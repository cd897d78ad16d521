import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { command } from '../../scripts/test/command.ts';
import { caches } from '../caches.ts';
import { read, root } from '../structure/source-files.ts';

const npm = JSON.parse(read('package.json'));
const jsr = JSON.parse(read('jsr.json'));

test('JSR gets the version and the licence of the npm package', () => {
  expect({ version: jsr.version, license: jsr.license }).toEqual({ version: npm.version, license: npm.license });
});

test('JSR gets the same entries, as sources', () => {
  // JSR knows no conditions: the main entry is that of Deno.
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

test('deno publish accepts it: no slow types, no import that JSR cannot resolve', async () => {
  // The types are checked by the workflow, in ten times the time.
  const args = ['publish', '--dry-run', '--allow-dirty', '--no-check'];
  const { code, output } = await command('deno', args, { env: { ...caches, NO_COLOR: '1' } });
  expect(output).toMatch(/Success Dry run complete\s*$/);
  expect(code).toBe(0);
  const files = [...output.matchAll(/^ {3}file:\/\/\S*?\/((?:src|test|README)\S*) \(/gm)].map(([, file]) => file!);
  expect(files).toContain('src/deno.ts');
  expect(files).toContain('README.md');
  expect(files.filter((file) => !/^(?:src\/(?!cli).*\.ts|README\.md)$/.test(file))).toEqual([]);
});
