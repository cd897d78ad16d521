import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Parts of the titles of tests that do not run in Firefox. */
const chromiumOnly = [
  // They need Chromium's own protocol: real drops, a chosen folder, a quota, deleted storage, a report about WebAssembly.
  'a drop of files and folders',
  'an upload resumes by itself after a crash',
  'saved handles',
  'full storage',
  'a blocked database',
  'a strict CSP is not violated',
  // They need the build.
  'the file for a script tag',
  'Vite finds the worker',
  // Firefox reads the new content of a file on disk without an error.
  'of a file that changed says which',
];

/** Runs tests of pages in Firefox: `npm run test:firefox`. The others use Chromium's own protocol or need no browser. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/platform/browser{,-storage,-transfers}.test.ts', 'test/dashboard/{firefox.ts,new-run.test.ts}'],
    testNamePattern: RegExp(`^(?!.*(?:${chromiumOnly.join('|')}))`),
    env: { ...base.test?.env, KAGGLE_TS_BROWSER: 'firefox' },
    // One browser at a time.
    maxWorkers: 1,
  },
});
