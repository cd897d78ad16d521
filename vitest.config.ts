import { defineConfig } from 'vitest/config';
import { sources } from './scripts/dashboard/sources.ts';
import { briefKernels, caches } from './test/caches.ts';
import LongestFirst from './test/sequence.ts';

export default defineConfig({
  plugins: [sources(['node'])],
  test: {
    include: ['test/**/*.test.ts'],
    // Limits for what never ends: how long anything else takes depends on the machine. Tests wait with `expect.poll`, not
    // with `vi.waitFor`, whose limit of one second cannot be changed here.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    execArgv: [briefKernels],
    // One more than the processors of a small machine: many tests wait for other processes. The default is one less.
    maxWorkers: 3,
    // A worker loads each module once: with a process for each file, half the time of the small ones is loading. So a file
    // leaves nothing behind: hooks of shared helpers belong to the test that calls them (`onTestFinished`).
    isolate: false,
    env: { ...caches },
    sequence: { sequencer: LongestFirst },
  },
});
