import type { CallOptions, KaggleClient } from '../../../core/client.ts';
import { KaggleError } from '../../../core/errors.ts';
import type { Page } from '../../../core/paginate.ts';
import { listKernelSessionOutput } from '../generated/methods.ts';
import type { Run } from '../run-ref.ts';
import { awaitRun } from '../watch/await-run.ts';
import { callForRun, currentVersion, honoursLabels } from '../watch/labelled-call.ts';
import { supersededError } from '../watch/observe.ts';
import { isTerminal } from '../watch/version.ts';

/** A file that a run left in `/kaggle/working`. */
export interface OutputFile {
  /** Relative to `/kaggle/working`, with `/`. As the server gives it: not yet checked. */
  fileName: string;
  /** A signed address; it expires. */
  url: string;
}

export interface OutputPage extends Page<OutputFile> {
  /** The stored log, on the first page. */
  readonly log: string | undefined;
}

/** The most that the official client's help names. */
const pageSize = 100;

/**
 * Waits for the moment in which the server shows the version that is meant. Throws `KaggleError` when that version has
 * not ended yet: what the server would list then may be an older version's.
 */
async function requireEnded(client: KaggleClient, run: Run, signal: AbortSignal | undefined): Promise<boolean> {
  const look = await awaitRun(client, run, ({ visible }) => visible, { signal, timeout: 60 });
  if (isTerminal(look.status)) return look.latest;
  throw new KaggleError(
    `${run.ref}: version ${run.versionNumber} has not ended (${look.status}): wait for it, or follow its log`,
  );
}

/** Makes a function that fetches pages of a run's output and never takes another version's files for its own. */
export function outputPages(
  client: KaggleClient,
  run: Run,
  options: CallOptions,
): (token: string) => Promise<OutputPage> {
  let checked = false;
  return async (pageToken) => {
    let latest = true;
    if (!checked && run.versionNumber !== undefined) latest = await requireEnded(client, run, options.signal);
    checked = true;
    const request = { pageSize, ...(pageToken && { pageToken }) };
    const { answer, label } = await callForRun(client, listKernelSessionOutput, run, request, options);
    if (run.versionNumber !== undefined) {
      const current = await currentVersion(client, run, options);
      const newer = !latest || (current !== undefined && current > run.versionNumber);
      const told =
        newer && label === 'accepted' && (await honoursLabels(client, listKernelSessionOutput, run, request, options));
      if (newer && !told) throw supersededError(run, current ?? run.versionNumber + 1);
    }
    const items = answer.files.map(({ fileName = '', url = '' }) => ({ fileName, url }));
    return { items, nextPageToken: answer.nextPageToken, log: pageToken ? undefined : answer.log };
  };
}
