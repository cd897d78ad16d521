import { globSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { defineConfig } from 'tsup';

/**
 * Each source file becomes one file of dist with plain imports, so that users' bundlers drop what they do not import.
 * The rooms of src/services, of which only the index is imported from outside, become one file each: a runtime that
 * loads files one by one starts in half the time.
 */
const unix = (path: string) => path.split(sep).join('/');

/** The folder that becomes one file, if `path` is in one. */
function roomOf(path: string): string | undefined {
  return /^(.*\/src\/services\/[^/]+(?:\/generated(?=\/))?)\/.*\.ts$/.exec(unix(path))?.[1];
}

export default defineConfig({
  entry: globSync('src/**/*.ts').filter((path) => !roomOf(resolve(path)) || path.endsWith('index.ts')),
  format: 'esm',
  platform: 'neutral',
  target: 'es2024',
  outDir: 'dist',
  clean: true,
  dts: false,
  splitting: false,
  sourcemap: true,
  minify: false,
  esbuildOptions(options) {
    options.outbase = 'src';
    // The tarball contains the sources, so the maps need not repeat them.
    options.sourcesContent = false;
  },
  esbuildPlugins: [
    {
      name: 'one-file-each',
      setup(build) {
        build.onResolve({ filter: /./ }, ({ importer, kind, path, resolveDir }) => {
          if (kind === 'entry-point') return undefined;
          if (!path.startsWith('.')) return { path, external: true };
          const target = join(resolveDir, path);
          const room = roomOf(target);
          if (room && room === roomOf(importer)) return undefined;
          const from = roomOf(importer) ?? dirname(importer);
          const to = unix(relative(from, room ? join(room, 'index.js') : target.replace(/\.ts$/, '.js')));
          return { path: to.startsWith('.') ? to : `./${to}`, external: true };
        });
      },
    },
  ],
});
