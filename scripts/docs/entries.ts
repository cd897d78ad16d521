import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../test/command.ts';

/** A public entry of the package. */
export interface PublicEntry {
  /** What users import, such as `kaggle-ts/kernels`. */
  name: string;
  /** Its source, as a path relative to the project. */
  source: string;
}

type Conditions = { [condition: string]: string | Conditions };

/** The source behind some conditions of the export map; types have no file of their own. */
function sourceOf(target: string | Conditions | undefined, condition: string): string | undefined {
  if (typeof target === 'object') return sourceOf(target[condition] ?? target.default, condition);
  return target?.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
}

/** All entries of the export map with their sources; `condition` chooses that of `kaggle-ts` itself. */
export function publicEntries(condition: 'node' | 'deno' | 'default'): PublicEntry[] {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    name: string;
    exports: Conditions;
  };
  return Object.entries(exports).flatMap(([path, target]): PublicEntry[] => {
    const source = sourceOf(target, condition);
    if (!source?.endsWith('.ts')) return [];
    const entry = `${name}${path.slice(1)}`;
    if (!path.includes('*')) return [{ name: entry, source }];
    const [before = '', after = ''] = source.split('*');
    return globSync(source, { cwd: root })
      .sort()
      .map((file) => ({ name: entry.replace('*', file.slice(before.length, -after.length)), source: file }));
  });
}
