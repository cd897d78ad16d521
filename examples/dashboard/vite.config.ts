import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the built app works under any path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    // The Content-Security-Policy of the app allows no data: scripts or styles; small files are not worth an exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Which page needs which files: `.vite/manifest.json`.
    manifest: true,
  },
});
