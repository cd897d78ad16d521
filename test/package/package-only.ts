import process from 'node:process';
import type { TestContext } from 'vitest';
import { skip } from '../skip.ts';

/** Whether this is `npm run test:package`, which runs all tests of the package. */
export const isPackageRun: boolean = process.env.KAGGLE_TS_PACKAGE !== undefined;

/** Skips a test in `npm test`, with a reason. */
export function packageOnly(context: TestContext, reason: string): void {
  if (!isPackageRun) skip(context, `${reason}: npm run test:package`);
}
