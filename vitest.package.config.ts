import { defineConfig } from 'vitest/config';
import { caches } from './test/caches.ts';

/** All tests of the package, also those that `npm test` leaves out. */
export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: { ...caches, KAGGLE_TS_PACKAGE: 'all' },
  },
});
