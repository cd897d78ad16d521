import type { ValidationIssue } from 'kaggle-ts/browser';
import { type Job, PartialPushError, type PushRequest, start } from 'kaggle-ts/kernels';
import { issuesOf } from '../../data/dry-run.ts';
import { transferClient as client } from '../../data/transfer-client.ts';
import type { Draft, PendingStart, SourceKind } from './draft.ts';
import { errorsOf, type FieldErrors } from './fields.ts';
import { secondsOf } from './names.ts';
import { parseParams } from './params.ts';
import { requestOf } from './request.ts';
import type { StartEvents, StartedRun } from './submission.ts';

export { outcomeOf } from './refusals.ts';

/** What is wrong with a request, as `kernels.start` sees it. */
function checkRequest(request: PushRequest): Promise<readonly ValidationIssue[]> {
  return issuesOf((checking, signal) => start(checking, request, { signal, onWarning: () => undefined }));
}

/** What is wrong with a draft: the library's own checks, and those of what the form reads itself. */
export async function checkDraft(draft: Draft): Promise<FieldErrors> {
  const { error, rowErrors } = parseParams(draft.params);
  const row = Object.values(rowErrors)[0];
  const own: FieldErrors = error || row ? { params: error ?? row?.name ?? row?.value ?? '' } : {};
  if (draft.title === '' && !draft.target) own.title = 'expected a title of 5 to 50 characters';
  if (Number.isNaN(secondsOf(draft.timeLimit))) own.timeLimit = 'expected a number of hours, such as 1.5';
  return { ...errorsOf(await checkRequest(requestOf(draft))), ...own };
}

/**
 * Starts a draft, at most once for its key: also when it is called again after a reload. `onPartial` gets the run if it started
 * without some of its sources, which is an error.
 */
export async function startDraft(
  { key, draft, waitForSlot }: PendingStart,
  datasets: readonly string[],
  { onPartial, ...options }: StartEvents & { onPartial: (run: StartedRun) => void },
): Promise<StartedRun> {
  const request = requestOf(draft, datasets);
  const runOf = ({ id, ref, versionNumber }: Job): StartedRun => ({ id, ref, versionNumber });
  try {
    return runOf(await start(client, request, { ...options, key, waitForSlot }));
  } catch (error) {
    // The same key finds the run that exists.
    if (error instanceof PartialPushError) onPartial(runOf(await start(client, request, { ...options, key })));
    throw error;
  }
}

/** What is wrong with the last of these sources; `undefined` if it can be added. */
export async function sourceIssue(kind: SourceKind, sources: readonly string[]): Promise<string | undefined> {
  const issues = await checkRequest({ slug: 'data-source', text: 'pass', [kind]: sources });
  return issues.find(({ path }) => path.startsWith(kind))?.message;
}
