import { join } from 'node:path';
import ts from 'typescript-6';
import { publicEntries } from '../docs/entries.ts';
import { root } from '../test/command.ts';

/** A module that users import, and its exports. */
export interface Entry {
  /** As in an import: `kaggle-ts/services/kernels`. */
  name: string;
  /** Its declaration file. */
  file: string;
  /** By exported name; aliases are resolved. */
  exports: ReadonlyMap<string, ts.Symbol>;
}

export interface Surface {
  entries: readonly Entry[];
  /** Resolves a name in a declaration. */
  symbolAt(node: ts.Node): ts.Symbol | undefined;
  /** The documentation of a symbol, also that of the interface or class that its own extends. */
  docsOf(symbol: ts.Symbol): string;
  /** Whether a declaration is in the package, not in a dependency. */
  isOurs(node: ts.Node | undefined): boolean;
}

/** Reads the built declarations. */
export function readSurface(): Surface {
  const { NodeNext: module } = ts.ModuleKind;
  const files = publicEntries('default').map(({ name, source }) => ({
    name,
    file: join(root, source.replace(/^src\/(.*)\.ts$/, 'dist/$1.d.ts')),
  }));
  const program = ts.createProgram(
    files.map(({ file }) => file),
    {
      module,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ESNext,
      types: [],
      skipLibCheck: true,
    },
  );
  const checker = program.getTypeChecker();
  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const entries = files.map(({ name, file }): Entry => {
    const source = program.getSourceFile(file);
    const symbol = source && checker.getSymbolAtLocation(source);
    if (!symbol) throw new Error(`${file} is missing or exports nothing; run "npm run build"`);
    return {
      name,
      file,
      exports: new Map(checker.getExportsOfModule(symbol).map((item) => [item.name, original(item)])),
    };
  });
  return {
    entries,
    symbolAt(node) {
      const symbol = checker.getSymbolAtLocation(node);
      return symbol && original(symbol);
    },
    docsOf: (symbol) =>
      [
        ...symbol.getDocumentationComment(checker).map(({ text }) => text),
        ...symbol.getJsDocTags(checker).map(({ name }) => `@${name}`),
      ].join(''),
    isOurs: (node) => node?.getSourceFile().fileName.startsWith(join(root, 'dist')) ?? false,
  };
}
