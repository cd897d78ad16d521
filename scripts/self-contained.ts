/**
 * Rebuilds the files of dist that a page loads without a bundler, so that each contains everything that it needs. Part of
 * `npm run build`, after tsup.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './test/command.ts';

const names = ['cdn', 'browser-worker'];
await build({
  entryPoints: names.map((name) => join(root, `src/${name}.ts`)),
  outdir: join(root, 'dist'),
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2024',
  logLevel: 'error',
});
// Those of tsup no longer fit.
for (const name of names) rmSync(join(root, `dist/${name}.js.map`));
