import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import ts from 'typescript-5';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Consumer, installTarball } from '../../scripts/test/consumer.ts';
import { root } from '../structure/source-files.ts';

let consumer: Consumer;
let installed: string;
beforeAll(async () => {
  consumer = await installTarball();
  installed = join(consumer.folder, 'node_modules/kaggle-ts');
});
afterAll(() => consumer?.remove());

/** The declaration files of all entries; `*` of a subpath stands for every service. */
async function entries(): Promise<string[]> {
  const { exports } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const patterns = [...JSON.stringify(exports).matchAll(/"\.\/(dist\/[^"]+\.d\.ts)"/g)].map((match) => match[1]!);
  const files = patterns.flatMap((pattern) => ts.sys.readDirectory(installed, undefined, undefined, [pattern]));
  return [...new Set(files)];
}

/**
 * Types that a public declaration names, but that its entry does not export, nor that of the runtime. What only a generated
 * type or the emulator names may be exported by another entry.
 */
async function forgotten(): Promise<string[]> {
  const { NodeNext: module } = ts.ModuleKind;
  const options = { module, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [], skipLibCheck: true };
  const files = await entries();
  const program = ts.createProgram(files, { ...options, target: ts.ScriptTarget.ESNext });
  const checker = program.getTypeChecker();
  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const isOurs = (node: ts.Node | undefined) => node?.getSourceFile().fileName.includes('/kaggle-ts/dist/');
  const exportsOf = (file: string) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!).map(original);
  const isService = (file: string) => file.includes('/generated/');
  const isSpread = (file: string) => isService(file) || file.includes('/testing/');
  const everywhere = exportsOf(files.find((file) => file.endsWith('/dist/node.d.ts'))!);
  const spread = files.filter(isSpread).flatMap(exportsOf);
  const found = new Set<string>();
  for (const file of files) {
    const own = exportsOf(file);
    const known = new Set([...own, ...everywhere, ...(isSpread(file) ? spread : [])]);
    const visit = (node: ts.Node): void => {
      const named = ts.isTypeReferenceNode(node)
        ? node.typeName
        : ts.isExpressionWithTypeArguments(node)
          ? node.expression
          : undefined;
      const symbol = named && checker.getSymbolAtLocation(named);
      const target = symbol && original(symbol);
      const parameter = target && target.flags & ts.SymbolFlags.TypeParameter;
      if (target && !parameter && isOurs(target.declarations?.[0]) && !known.has(target)) {
        found.add(`${target.name} in ${relative(installed, file)}`);
      }
      ts.forEachChild(node, visit);
    };
    for (const declaration of own.flatMap(({ declarations = [] }) => declarations)) {
      const place = declaration.getSourceFile().fileName;
      if (isOurs(declaration) && isService(place) === isService(file)) visit(declaration);
    }
  }
  expect(spread.length).toBeGreaterThan(1000);
  return [...found];
}

test('every type in a public declaration can be named by users', async () => {
  expect(await forgotten()).toEqual([]);
});

describe.each(['typescript-5', 'typescript-6', 'typescript'])('a new project of %s', (version) => {
  test('compiles, with the settings of tsc --init, and emits declarations', async () => {
    const folder = join(consumer.folder, version);
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    await cp(join(import.meta.dirname, 'library.ts'), join(folder, 'library.ts'));
    const tsc = (...args: string[]) =>
      promisify(execFile)(process.execPath, [join(root, 'node_modules', version, 'bin/tsc'), ...args], {
        cwd: folder,
      }).then(
        ({ stdout }) => stdout,
        ({ stdout, message }: { stdout: string; message: string }) => stdout || message,
      );
    expect(await tsc('--init')).toMatch(/^\s*Created a new tsconfig.json/);
    expect(await tsc('--outDir', 'out')).toBe('');
    expect(await readFile(join(folder, 'out/library.d.ts'), 'utf8')).toContain('listFiles');
  });
});
