import { defineConfig } from 'vitest/config';

/** The tests by which mutations are tried: those that start no process and no server. */
export default defineConfig({
  test: {
    include: ['test/contract/**/*.test.ts'],
    // They compare generated files, and Stryker's copy of the project has other sources.
    exclude: ['test/contract/codec-generated.test.ts', 'test/contract/contract-update.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    isolate: false,
  },
});
