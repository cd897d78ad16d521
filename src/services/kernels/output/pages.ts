import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import type { Page } from '../../../core/rpc/paginate.ts';
import { listKernelSessionOutput } from '../generated/methods.ts';
import { type ResolvedRun, runFields } from '../run-ref.ts';
import { requireEnded } from '../watch/require-ended.ts';

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

/** The most that Kaggle takes; 400 beyond. */
const pageSize = 500;

/**
 * The address with the name of the file escaped. Kaggle writes it there as it is, with blanks, accents, and characters that
 * would end the path.
 */
function escapeName(url: string, fileName: string): string {
  if (!/[#?%]/.test(fileName) || !url.endsWith(`/${fileName}`)) return url;
  return url.slice(0, -fileName.length) + fileName.split('/').map(encodeURIComponent).join('/');
}

/**
 * Makes a function that fetches pages of a run's output, of exactly its version. Nothing is listed before a run has
 * ended: then the first page is a `KaggleError`.
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
