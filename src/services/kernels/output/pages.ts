import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import type { Page } from '../../../core/rpc/paginate.ts';
import { escapeName } from '../../../core/transfer/escape-name.ts';
import { listKernelSessionOutput } from '../generated/methods.ts';
import { type ResolvedRun, runFields } from '../run-ref.ts';
import { requireEnded } from '../watch/require-ended.ts';

/** A file in `/kaggle/working` at the end of a run. */
export interface OutputFile {
  /** Path relative to `/kaggle/working`, with `/`, as the server returns it: not checked. */
  fileName: string;
  /** Signed URL, which expires. */
  url: string;
}

export interface OutputPage extends Page<OutputFile> {
  /** The stored log, on the first page only. */
  readonly log: string | undefined;
}

/** The maximum; Kaggle returns 400 for more. */
const pageSize = 500;

/**
 * Returns a function that gets pages of the output of exactly this version. Kaggle lists nothing before a run has ended; the
 * first page then throws `KaggleError`.
 */
export function outputPages(
  client: KaggleClient,
  run: ResolvedRun,
  options: CallOptions,
): (token: string) => Promise<OutputPage> {
  return async (pageToken) => {
    const request = { ...runFields(run), pageSize, ...(pageToken && { pageToken }) };
    const { files, nextPageToken, log } = await client.call(listKernelSessionOutput, request, options);
    if (!pageToken && files.length === 0 && !log) await requireEnded(client, run, options);
    const items = files.map(({ fileName = '', url = '' }) => ({ fileName, url: escapeName(url, fileName) }));
    return { items, nextPageToken, log: pageToken ? undefined : log };
  };
}
