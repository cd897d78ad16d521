import type { KaggleClient } from 'kaggle-ts';
import { listOutput } from 'kaggle-ts/kernels';
import { listKernelFiles } from 'kaggle-ts/services/kernels';

/** The output files of a run, as far as they are known. */
export interface Listing {
  /** Paths below the working directory, as the server returns them. */
  readonly names: readonly string[];
  /** Bytes by path. Kaggle lists them separately, and not always. */
  readonly sizes: ReadonlyMap<string, number>;
  /** All pages were received. */
  readonly complete: boolean;
}

/** Pages of sizes that are requested at most; each has 500 files. */
const mostSizePages = 40;

/** Requests the sizes of all files, page by page. */
async function loadSizes(
  client: KaggleClient,
  run: string,
  signal: AbortSignal,
  onSizes: (sizes: ReadonlyMap<string, number>) => void,
): Promise<void> {
  const [userName, kernelSlug, version] = run.split('/');
  const request = { userName, kernelSlug, pageSize: 500, ...(version && { versionLabel: `v${version}` }) };
  const sizes = new Map<string, number>();
  let pageToken: string | undefined;
  for (let page = 0; page < mostSizePages; page++) {
    const answer = await client.call(
      listKernelFiles,
      { ...request, ...(pageToken && { pageToken }) },
      { signal, retry: 1 },
    );
    for (const { name, size } of answer.files) sizes.set(name, Number(size));
    onSizes(new Map(sizes));
    pageToken = answer.nextPageToken;
    if (!pageToken) return;
  }
}

/**
 * Lists the output files of a run that has ended: names and sizes with one request each per 500 files. `onChange` receives what
 * is known after each page.
 */
export async function loadListing(
  client: KaggleClient,
  run: string,
  signal: AbortSignal,
  onChange: (listing: Listing) => void,
): Promise<void> {
  let listing: Listing = { names: [], sizes: new Map(), complete: false };
  const change = (part: Partial<Listing>) => {
    if (signal.aborted) return;
    listing = { ...listing, ...part };
    onChange(listing);
  };
  // Sizes are an addition: the list is useful without them.
  const sizes = loadSizes(client, run, signal, (found) => change({ sizes: found })).catch(() => undefined);
  for await (const { items } of listOutput(client, run, { signal }).pages()) {
    change({ names: [...new Set([...listing.names, ...items.map(({ fileName }) => fileName)])] });
  }
  change({ complete: true });
  await sizes;
}
