import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, the longest first: many processes, Python, or large transfers. */
const long: readonly string[] = [
  // Mostly waits.
  'examples/workflows',
  'dashboard/offline',
  'dashboard/run',
  'dashboard/new-run',
  'dashboard/outputs',
  'dashboard/compare-page',
  'testing/isolation',
  'transfer/tls',
  'transfer/upload-crash',
  'platform/browser-transfers',
  'platform/browser-storage',
  'react/react',
  'dashboard/session',
  'dashboard/runs',
  'cli/kernels',
  'dashboard/command',
  'dashboard/deployments',
  'platform/workers-transfers',
  'interop/python/cli',
  'cli/demo',
  'cli/check',
  'cli/run',
  'transfer/upload-long',
  'jobs/kills',
  'sweep/kills',
  'testing/pyodide-ends',
  'package/tarball',
  'interop/python/versions',
  'interop/python/hub',
  'cli/check/command',
  'testing/notebooks',
  'package/peers',
  'cli/help',
  'archive/unzip',
  'testing/pyodide-runs',
  'transfer/download',
  'contract/contract-update',
  'testing/runtimes',
  'testing/kernel-words',
  'testing/kernel-output',
  'archive/remote',
  'archive/untar',
  'package/clone',
  'examples/jobs',
  'platform/lock-file',
  'platform/workers',
  'docs/run',
  'docs/types',
  'package/types',
  'transfer/upload-put',
  'cli/check/kinds',
];

const place = ({ moduleId }: TestSpecification): number => {
  const found = long.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return found < 0 ? long.length : found;
};

/** Begins with the longest files, so that the workers end together; a fresh clone knows no times of its own. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
