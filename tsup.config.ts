import { defineConfig } from 'tsup';

/** Each source file becomes one file of dist with plain imports, so that users' bundlers drop what they do not import. */
export default defineConfig({
  entry: ['src/**/*.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2024',
  outDir: 'dist',
  clean: true,
  dts: false,
  splitting: false,
  sourcemap: false,
  minify: false,
  esbuildPlugins: [
    {
      name: 'one-file-each',
      setup(build) {
        build.onResolve({ filter: /./ }, ({ kind, path }) =>
          kind === 'entry-point' ? undefined : { path: path.replace(/^(\..*)\.ts$/, '$1.js'), external: true },
        );
      },
    },
  ],
});
