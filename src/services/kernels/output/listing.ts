import { TransferError } from '../../../core/errors.ts';
import type { CallOptions, KaggleClient } from '../../../core/rpc/client.ts';
import { paginate } from '../../../core/rpc/paginate.ts';
import { listKernelFiles } from '../generated/methods.ts';
import { type ResolvedRun, runFields } from '../run-ref.ts';
import { type OutputFile, outputPages } from './pages.ts';

/** All files of a run, and its stored log. */
export interface Listing {
  files: OutputFile[];
  log: string | undefined;
}

/** Gets all pages. */
export async function listAll(client: KaggleClient, run: ResolvedRun, options: CallOptions): Promise<Listing> {
  const listing: Listing = { files: [], log: undefined };
  const fetchPage = outputPages(client, run, options);
  const pages = paginate(async (token) => {
    const page = await fetchPage(token);
    listing.log ??= page.log;
    return page;
  });
  listing.files = await pages.all();
  return listing;
}

/** Returns a function that gets new URLs for expired ones; one listing serves all files. */
export function createRenewal(
  list: () => Promise<Listing>,
  first: Listing,
): (name: string, expired: string) => Promise<string> {
  let listing = Promise.resolve(first);
  const find = async (name: string) => (await listing).files.find((file) => file.fileName === name)?.url;
  return async (name, expired) => {
    let reason = 'the file is no longer listed';
    let cause: unknown;
    try {
      let url = await find(name);
      if (url === expired) {
        listing = list();
        url = await find(name);
      }
      if (url) return url;
    } catch (error) {
      reason = (error as Error).message;
      cause = error;
    }
    // The rejected URL is the reason of the failure, whatever prevents a new one.
    const message = `cannot download "${name}": the server rejected its URL, and there is no new one: ${reason}`;
    throw new TransferError(message, { file: name, cause });
  };
}

/**
 * The sizes in bytes that Kaggle lists, by name: a second check for files without a checksum. Only the first 500; empty if there
 * is no listing, which was observed.
 */
export async function listedSizes(
  client: KaggleClient,
  run: ResolvedRun,
  signal: AbortSignal | undefined,
): Promise<Map<string, number>> {
  try {
    const { files } = await client.call(listKernelFiles, { ...runFields(run), pageSize: 500 }, { signal, retry: 1 });
    return new Map(files.map(({ name, size }) => [name, Number(size)]));
  } catch {
    signal?.throwIfAborted();
    return new Map();
  }
}
