import ts from 'typescript-6';
import type { Entry, Surface } from './surface.ts';

const printer = ts.createPrinter({ removeComments: true });

/** The declarations of a symbol without comments, as text. */
function textOf({ declarations = [] }: ts.Symbol): string {
  const statements = declarations.map((node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node));
  const texts = [...new Set(statements)].map((node) =>
    ts.isSourceFile(node)
      ? `// the module ${node.fileName.split('/dist/')[1]}`
      : printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()),
  );
  return texts.map((text) => text.replace(/^(?:export )?(?:default )?(?:declare )?/, '')).join('\n');
}

/** The symbols of the package that a declaration mentions in its types. */
export function namedIn(surface: Surface, { declarations = [] }: ts.Symbol): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : ts.isTypeQueryNode(node)
          ? node.exprName
          : undefined;
    const symbol = name && surface.symbolAt(name);
    const isParameter = symbol && symbol.flags & ts.SymbolFlags.TypeParameter;
    if (symbol && !isParameter && surface.isOurs(symbol.declarations?.[0])) found.push(symbol);
    ts.forEachChild(node, visit);
  };
  for (const node of declarations) if (surface.isOurs(node) && !ts.isSourceFile(node)) visit(node);
  return found;
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/**
 * The report of each entry, by file name: every export with its declaration, sorted by name. An export that an earlier entry
 * describes is only listed. Types that declarations use but no entry exports are at the end.
 */
export function reports(surface: Surface): Map<string, string> {
  const exported = new Map<ts.Symbol, string>();
  for (const { name, exports } of surface.entries) {
    for (const symbol of exports.values()) if (!exported.has(symbol)) exported.set(symbol, name);
  }
  const report = ({ name, exports }: Entry): string => {
    const sorted = [...exports].sort(byName);
    const own = sorted.filter(([, symbol]) => exported.get(symbol) === name);
    const others = sorted.filter(([, symbol]) => exported.get(symbol) !== name);
    const inner = new Set<ts.Symbol>();
    const collect = (symbol: ts.Symbol): void => {
      for (const used of namedIn(surface, symbol)) {
        if (exported.has(used) || inner.has(used)) continue;
        inner.add(used);
        collect(used);
      }
    };
    for (const [, symbol] of own) collect(symbol);
    const hidden = [...inner].map((symbol) => [symbol.name, symbol] as const).sort(byName);
    const lines = [
      ...others.map(([alias, symbol]) => {
        const as = symbol.name === alias ? alias : `${symbol.name} as ${alias}`;
        return `export { ${as} } from '${exported.get(symbol)}';`;
      }),
      ...own.map(([alias, symbol]) => {
        const renamed = symbol.name === alias || ts.isSourceFile(symbol.declarations![0]!) ? '' : `// as ${alias}\n`;
        return `${renamed}export ${textOf(symbol)}`;
      }),
      ...hidden.map(([, symbol]) => `// not exported\n${textOf(symbol)}`),
    ];
    return `# ${name}\n\n\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n`;
  };
  return new Map(surface.entries.map((entry) => [`${entry.name.replace(/^kaggle-ts\//, '')}.md`, report(entry)]));
}
