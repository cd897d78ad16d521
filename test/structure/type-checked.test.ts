import { join } from 'node:path';
import ts from 'typescript-6';
import { expect, test } from 'vitest';
import { filesBelow, root } from './source-files.ts';

/** The programs that `npm run check` and the tests compile. */
const programs = ['tsconfig.json', 'test/tsconfig.json', 'test/types/tsconfig.json', 'test/docs/tsconfig.json'];

test('every source file belongs to a type-checked program', () => {
  const checked = programs.flatMap((name) => {
    const { config } = ts.readConfigFile(join(root, name), ts.sys.readFile);
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, name, '..'));
    // TypeScript checks JavaScript only with checkJs.
    return fileNames.filter((file) => options.checkJs || !/\.m?js$/.test(file));
  });
  const folders = ['src', 'test', 'bench', 'scripts', 'examples'].flatMap((folder) => filesBelow(folder));
  const settings = ts.sys.readDirectory(root, ['.ts', '.mjs', '.js'], undefined, ['*']);
  const sources = [
    ...folders.filter((file) => !file.includes('node_modules/')).map((file) => join(root, file)),
    ...settings,
  ];
  const missing = sources.filter((file) => /\.(?:[cm]?ts|tsx|m?js)$/.test(file) && !checked.includes(file));
  expect(missing).toEqual([]);
});
