/** What the page runs: `runConformance(settings)` hands each result to the `report` that the driver exposes. */
import { browserPlatform, createClient, opfs } from 'kaggle-ts';
import type { CaseResult } from '../../conformance/context.ts';
import { runCases } from '../../conformance/loop.ts';
import { casesFor, makeContext, type Settings } from '../make-context.ts';
import { opfsFiles } from './opfs-files.ts';

declare const report: (result: CaseResult) => Promise<void>;

async function runConformance(settings: Settings): Promise<void> {
  const platform = browserPlatform({ fs: opfs() });
  const context = makeContext(settings, 'browser', (options) => createClient({ platform, ...options }), opfsFiles());
  await runCases(context, casesFor(settings), report);
}

Object.assign(globalThis, { runConformance });
