import { defineConfig } from 'vitest/config';

/** The test of the built site, apart from the others: it costs half a minute, and a build where there is none. */
export default defineConfig({
  test: { include: ['site/*.test.ts'], testTimeout: 300_000, hookTimeout: 900_000 },
});
