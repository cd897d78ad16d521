import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

export const root: string = join(import.meta.dirname, '../..');

/**
 * All files below a folder of the project (none, if it is not there), without installed packages and built examples, as
 * paths relative to the project with `/`.
 */
export function filesBelow(folder: string, ending = ''): string[] {
  if (!existsSync(join(root, folder))) return [];
  return (
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      // A running wrangler writes and removes files.
      .filter((path) => path.endsWith(ending) && !/\/(?:node_modules|\.wrangler)\/|^examples\/\w+\/dist\//.test(path))
      .filter((path) => statSync(join(root, path)).isFile())
      .sort()
  );
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');
export const isGenerated = (path: string): boolean => path.includes('/generated/');
export const lineCount = (path: string): number => read(path).trimEnd().split('\n').length;

/** The source without comments; texts stay, since imports are among them. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
}

export interface Import {
  from: string;
  /** What it names: a path relative to the project for our own files, else the specifier. */
  to: string;
  /** Types only: erased when built. */
  typeOnly: boolean;
}

/** The imports and re-exports of a file, dynamic ones too. */
export function importsOf(path: string): Import[] {
  const text = withoutComments(read(path));
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const own = specifier.startsWith('.');
    const to = own ? relative(root, join(root, dirname(path), specifier)).replaceAll('\\', '/') : specifier;
    found.push({ from: path, to, typeOnly });
  };
  for (const [, type, specifier] of text.matchAll(/^\s*(?:import|export)(\s+type)?\s[^;'"]*?from\s+'([^']+)'/gm)) {
    add(specifier!, type !== undefined);
  }
  for (const [, specifier] of text.matchAll(/^\s*import\s+'([^']+)'/gm)) add(specifier!, false);
  for (const [, specifier] of text.matchAll(/\bimport\(\s*(?:\/\*.*?\*\/\s*)?'([^']+)'\s*\)/g)) add(specifier!, false);
  return found;
}
