/** What the page runs: the cases, with the settings in the fragment of its URL. Posts each result to `reportUrl`. */
import { browserPlatform, createClient, opfs } from 'kaggle-ts';
import type { CaseResult } from '../../conformance/context.ts';
import { runCases } from '../../conformance/loop.ts';
import { casesFor, makeContext, type Settings } from '../make-context.ts';
import { opfsFiles } from './opfs-files.ts';

/** What a page posts. */
export type Report = { result: CaseResult } | { error: string } | { done: true };

const { reportUrl, ...settings } = JSON.parse(decodeURIComponent(location.hash.slice(1))) as Settings & {
  reportUrl: string;
};

async function post(report: Report): Promise<void> {
  await fetch(reportUrl, { method: 'POST', body: JSON.stringify(report) });
}

const fail = (error: unknown) => post({ error: String((error as Error)?.stack ?? error) });
addEventListener('error', ({ error, message }) => fail(error ?? message));
addEventListener('unhandledrejection', ({ reason }) => fail(reason));

const platform = browserPlatform({ fs: opfs() });
const context = makeContext(settings, 'browser', (options) => createClient({ platform, ...options }), opfsFiles());
await runCases(context, casesFor(settings), (result) => post({ result }));
await post({ done: true });
