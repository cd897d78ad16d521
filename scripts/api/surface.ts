import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-6';
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
  /** Whether a declaration is in the package, not in a dependency. */
  isOurs(node: ts.Node | undefined): boolean;
}

type Target = string | { [condition: string]: Target };

/** The names of all entries and their declaration files, in the order of the export map. `*` is expanded to the services. */
function entryFiles(): Map<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, Target>;
  };
  const found = new Map<string, string>();
  for (const [subpath, target] of Object.entries(exports)) {
    // Every other condition of the main entry has a subpath too.
    const chosen =
      typeof target === 'object' && 'default' in target ? (target as { default: Target }) : { default: target };
    const types = typeof chosen.default === 'object' ? chosen.default.types : (target as { types?: Target }).types;
    if (typeof types !== 'string') continue;
    for (const file of globSync(types, { cwd: root }).sort()) {
      const star = types.split('*').reduce((rest, part) => rest.replace(part.replace('./', ''), ''), file);
      found.set(subpath.replace('.', name).replace('*', star), join(root, file));
    }
  }
  return found;
}

/** Reads the built declarations. */
export function readSurface(): Surface {
  const { NodeNext: module } = ts.ModuleKind;
  const files = entryFiles();
  const program = ts.createProgram([...files.values()], {
    module,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ESNext,
    types: [],
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const entries = [...files].map(([name, file]): Entry => {
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
    isOurs: (node) => node?.getSourceFile().fileName.startsWith(join(root, 'dist')) ?? false,
  };
}
