import type { ValidationIssue } from 'kaggle-ts/browser';
import { PartialPushError, type PushRequest, start } from 'kaggle-ts/kernels';
import { issuesOf } from '../../data/dry-run.ts';
import { transferClient as client } from '../../data/transfer-client.ts';
import type { SourceKind } from './draft.ts';
import type { StartedRun } from './submission.ts';

export { outcomeOf } from './refusals.ts';

/** What is wrong with a request, as `kernels.start` sees it. */
export function checkRequest(request: PushRequest): Promise<readonly ValidationIssue[]> {
  return issuesOf((checking, signal) => start(checking, request, { signal, onWarning: () => undefined }));
}

/** Starts a run, at most once for the key: also when it is called again after a reload. */
export async function startRun(
  request: PushRequest,
  options: {
    key: string;
    waitForSlot?: number | undefined;
    signal: AbortSignal;
    onStatus: (status: string) => void;
    onWarning: (text: string) => void;
  },
): Promise<StartedRun> {
  const { id, ref, versionNumber } = await start(client, request, options);
  return { id, ref, versionNumber };
}

/** The job of a run that started without some of its sources: the same key finds it. */
export async function partialRun(request: PushRequest, key: string, error: unknown): Promise<StartedRun | undefined> {
  if (!(error instanceof PartialPushError)) return undefined;
  const { id, ref, versionNumber } = await start(client, request, { key, onWarning: () => undefined });
  return { id, ref, versionNumber };
}

/** What is wrong with the last of these sources; `undefined` if it can be added. */
export async function sourceIssue(kind: SourceKind, sources: readonly string[]): Promise<string | undefined> {
  const issues = await checkRequest({ slug: 'data-source', text: 'pass', [kind]: sources });
  return issues.find(({ path }) => path.startsWith(kind))?.message;
}
