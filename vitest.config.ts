import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than the processors of a small machine: many tests wait for other processes. The default is one less.
    maxWorkers: 3,
  },
});
