import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';

/** Files of `public` that the page needs without a network. */
const publicFiles = ['manifest.webmanifest', 'icon.svg'];

/** Tells the service worker which files the build has, and their version. */
function fillServiceWorker(): Plugin {
  return {
    name: 'fill-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') return this.error('the build contains no sw.js');
      const hash = createHash('sha256').update(worker.code);
      const files = [...publicFiles];
      for (const [name, part] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
        // Names of other files contain a hash of their content.
        if (part.type === 'asset' && name.endsWith('.html')) hash.update(part.source);
        hash.update(name);
        if (/^assets\/.*\.(?:js|css|woff2|svg|png)$/.test(name)) files.push(name);
      }
      worker.code = worker.code
        .replaceAll('__FILES__', JSON.stringify(files))
        .replaceAll('__VERSION__', JSON.stringify(hash.digest('hex').slice(0, 16)));
    },
  };
}

/**
 * Uses the sources of kaggle-ts, which the package contains, too: its build has one file for each area, of which every page would load
 * the whole, as a file cannot be split between chunks.
 */
function packageSources(): Plugin {
  return {
    name: 'package-sources',
    enforce: 'pre',
    async resolveId(name, importer) {
      if (!/^kaggle-ts(?:\/|$)/.test(name)) return null;
      const found = await this.resolve(name, importer, { skipSelf: true });
      return found && found.id.replace(/\/kaggle-ts\/dist\/(.*)\.js/, '/kaggle-ts/src/$1.ts');
    },
  };
}

export default defineConfig({
  // Relative addresses: the built app works under any path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [packageSources(), fillServiceWorker()],
  build: {
    target: 'es2022',
    // The Content-Security-Policy of the app allows no data: scripts or styles; small files are not worth an exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Which page needs which files: `.vite/manifest.json`.
    manifest: true,
    rolldownOptions: {
      // Their times say nothing about the page.
      checks: { pluginTimings: false },
      input: { index: 'index.html', sw: 'src/app/sw.ts' },
      output: {
        // The address of a service worker must stay the same.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            // What every page needs, as one file: the frame of the app and its library.
            {
              name: 'app',
              tags: ['$initial'],
              test: /\/node_modules\/@?preact\/|\/src\/(?:app\/(?!sw\.)|ui\/|data\/(?:client|network|problem|session|with-sign-in)\.)/,
            },
            // Following runs and reading their logs: together or not at all. Larger files compress better than many small ones.
            {
              name: 'watch',
              test: /\/kernels\/(?:events\/|log\/|watch\/(?!status\.)|push\/marker-start)|\/core\/(?:rpc\/(?:paced?|poll)|transfer\/watchdog)\.[jt]s/,
            },
            // Calls: what checks, writes and reads them.
            {
              name: 'call',
              test: /\/node_modules\/(?:valibot|ky)\/|\/core\/(?:codec|options|auth)\/|\/core\/rpc\/(?!paced?\.|poll\.)|\/core\/transfer\/streams\.|\/core\/[\w-]+\.[jt]s|\/kernels\/(?:generated\/|run-ref|watch\/status)/,
            },
          ],
        },
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
