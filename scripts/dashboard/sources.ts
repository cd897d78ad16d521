/** Lets the examples import `kaggle-ts` by name without a build: its entries resolve to their sources. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin } from 'vite';

const root: string = join(import.meta.dirname, '../..');

type Target = string | { readonly [condition: string]: Target };

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, Target> };

/** The file of an entry for one of these conditions, of which the first that the entry knows counts. */
function select(target: Target, conditions: readonly string[]): string | undefined {
  if (typeof target === 'string') return target;
  const found = Object.keys(target).find((name) => name === 'default' || conditions.includes(name));
  return found === undefined ? undefined : select(target[found]!, conditions);
}

/** The source file of `kaggle-ts` or `kaggle-ts/...`; `undefined` for other names. */
export function sourceOf(name: string, conditions: readonly string[]): string | undefined {
  if (name !== 'kaggle-ts' && !name.startsWith('kaggle-ts/')) return undefined;
  const entry = `.${name.slice('kaggle-ts'.length)}`;
  for (const [key, target] of Object.entries(exports)) {
    const [before = '', after] = key.split('*');
    const isMatch = after === undefined ? entry === key : entry.startsWith(before) && entry.endsWith(after);
    const file = isMatch ? select(target, conditions) : undefined;
    if (file === undefined) continue;
    const part = after === undefined ? '' : entry.slice(before.length, entry.length - after.length);
    return join(
      root,
      file
        .replace('*', part)
        .replace(/^\.\/dist\//, 'src/')
        .replace(/\.js$/, '.ts'),
    );
  }
  return undefined;
}

const isExample = (importer: string | undefined): boolean =>
  importer?.startsWith(`${pathToFileURL(root)}/examples/`) === true ||
  importer?.startsWith(join(root, 'examples/')) === true;

/** A plugin of Vite and Vitest. @param conditions - `['browser']` for a page, `['node']` for tests. */
export function sources(conditions: readonly string[]): Plugin {
  return {
    name: 'kaggle-ts-sources',
    enforce: 'pre',
    resolveId(name, importer) {
      const [, id = '', query = ''] = /^([^?]*)(\?.*)?$/.exec(name) ?? [];
      const file = isExample(importer) ? sourceOf(id, conditions) : undefined;
      return file === undefined ? undefined : file + query;
    },
  };
}

/** The same for esbuild. @param conditions - `['workerd']` for a Worker. */
export function esbuildSources(conditions: readonly string[]): EsbuildPlugin {
  return {
    name: 'kaggle-ts-sources',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^kaggle-ts(?:\/|$)/ }, ({ path, importer }) => {
        const file = isExample(importer) ? sourceOf(path, conditions) : undefined;
        return file === undefined ? undefined : { path: file };
      }),
  };
}

/** The same for `import` in this process, which is one of Node. */
export function registerSources(): void {
  registerHooks({
    resolve(name, context, next) {
      const file = isExample(context.parentURL) ? sourceOf(name, ['node']) : undefined;
      return file === undefined ? next(name, context) : { url: pathToFileURL(file).href, shortCircuit: true };
    },
  });
}
