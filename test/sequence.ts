import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, the longest first: many processes, Python, or large transfers. */
const long: readonly string[] = [
  'transfer/upload-crash',
  'testing/isolation',
  'transfer/tls',
  'platform/workers-transfers',
  'cli/demo',
  'cli/check',
  'testing/pyodide-ends',
  'cli/run',
  'transfer/download',
  'cli/check/command',
  'testing/compiled-library',
  'cli/help',
  'testing/pyodide-runs',
  'platform/workers',
  'archive/unzip',
  'transfer/upload-long',
  'testing/kernel-words',
  'platform/browser-transfers',
  'testing/runtimes',
  'testing/notebooks',
  'examples/jobs',
  'contract/contract-update',
  'archive/runtimes',
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
