import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Renews the pictures of the dashboard in docs/dashboard. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/dashboard/pictures.ts'], testTimeout: 120_000 },
});
