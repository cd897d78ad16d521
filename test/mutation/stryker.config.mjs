/**
 * `npm run mutate`: changes the pure rooms, one line at a time, and tells which changes no test notices. One file:
 * `npm run mutate -- --mutate src/core/redirect.ts`. docs/testing.md has the results.
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  mutate: [
    'src/core/redact.ts',
    'src/core/redirect.ts',
    'src/core/near-name.ts',
    'src/core/rpc/retry.ts',
    'src/core/transfer/download/{assembly,ranges}.ts',
    'src/core/transfer/ranged/{answer,content,retry}.ts',
    'src/core/transfer/upload/{answer,part-size,resume,session}.ts',
    'src/core/archive/zip/{check,directory,fields,headers}.ts',
    'src/services/kernels/log/follow.ts',
    'src/services/versions/{find-version,job}.ts',
  ],
  ignoreStatic: true,
  coverageAnalysis: 'perTest',
  reporters: ['clear-text', 'progress'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  // Stryker rewrites it with an API that TypeScript 7 does not have; nothing in it matters to the tests.
  tsconfigFile: 'none',
  tempDirName: '.tmp/stryker',
  concurrency: 2,
  timeoutMS: 10_000,
};
