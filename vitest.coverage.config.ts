import { defineConfig } from 'vitest/config';

/**
 * `npm run coverage`: coverage of core and services by the tests that run within the process of vitest. Platforms, emulator and
 * command line are tested in other processes and runtimes, which it cannot measure.
 */
export default defineConfig({
  test: {
    include: ['test/{contract,archive}/**/*.test.ts'],
    exclude: ['test/archive/runtimes.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    isolate: false,
    coverage: {
      provider: 'v8',
      reportOnFailure: true,
      include: ['src/core/**/*.ts', 'src/services/**/*.ts'],
      exclude: ['src/services/*/generated/**'],
      reporter: [['text', { skipFull: true }], 'text-summary'],
      reportsDirectory: '.tmp/coverage',
      thresholds: { statements: 93, branches: 90, functions: 93, lines: 94 },
    },
  },
});
