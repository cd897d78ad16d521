import { defineConfig } from 'vitest/config';

/** The tests by which mutations are tried: those that start no process and no server. */
export default defineConfig({
  test: { include: ['test/contract/**/*.test.ts'], testTimeout: 20_000, isolate: false },
});
