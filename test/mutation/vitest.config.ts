import { defineConfig } from 'vitest/config';

/** The tests by which mutations are tried: those that start no process and no server. */
export default defineConfig({
  test: {
    include: ['test/contract/**/*.test.ts'],
    // Compares generated files with those of Stryker's copy of the project, which have other first lines.
    exclude: ['test/contract/contract-update.test.ts'],
    testTimeout: 20_000,
    isolate: false,
  },
});
