import { type ReadonlySignal, signal } from '@preact/signals';
import type { Listing } from '../list/listing.ts';

/** A download of one or several output files, as the page shows it. */
export interface DownloadJob {
  readonly id: number;
  readonly run: string;
  /** Paths, or all files of the run. */
  readonly files: readonly string[] | 'all';
  readonly state: 'running' | 'saving' | 'done' | 'failed' | 'canceled';
  /** Bytes that were received, or are on the disk from an earlier attempt. */
  readonly received: number;
  /** Bytes of all files; `undefined` if not all sizes are known. */
  readonly total: number | undefined;
  readonly filesDone: number;
  readonly fileCount: number;
  /** Where the files are: `the folder "results"`, `your downloads`. */
  readonly target?: string;
  readonly error?: unknown;
}

const list = signal<readonly DownloadJob[]>([]);

/** The downloads of this page, the newest first. */
export const downloads: ReadonlySignal<readonly DownloadJob[]> = list;

const controllers = new Map<number, AbortController>();
let lastId = 0;

function change(id: number, part: Partial<DownloadJob>): void {
  list.value = list.value.map((job) => (job.id === id ? { ...job, ...part } : job));
}

async function carryOut(job: DownloadJob, listing: Listing): Promise<void> {
  const aborting = new AbortController();
  controllers.set(job.id, aborting);
  const { signal: aborted } = aborting;
  try {
    // The engine of downloads is loaded with the first one.
    const { saveFiles } = await import('./save.ts');
    aborted.throwIfAborted();
    await saveFiles(job, listing, aborted, (part) => change(job.id, part));
    change(job.id, { state: 'done' });
  } catch (error) {
    // Closing the dialog of the browser that asks for a folder is a cancellation, too.
    const isCanceled = aborted.aborted || (error as Error)?.name === 'AbortError';
    change(job.id, isCanceled ? { state: 'canceled' } : { state: 'failed', error });
  } finally {
    controllers.delete(job.id);
  }
}

/** Starts a download. Call it in a click handler: the browser may ask for a folder. */
export function startDownload(run: string, files: readonly string[] | 'all', listing: Listing): void {
  const names = files === 'all' ? listing.names : files;
  const sizes = names.map((name) => listing.sizes.get(name));
  const total = sizes.includes(undefined) ? undefined : sizes.reduce((sum: number, bytes) => sum + (bytes ?? 0), 0);
  const job: DownloadJob = {
    id: ++lastId,
    run,
    files,
    state: 'running',
    received: 0,
    total,
    filesDone: 0,
    fileCount: names.length,
  };
  list.value = [job, ...list.value];
  void carryOut(job, listing);
}

/** Starts a failed or canceled download again. Bytes that were received are not requested again. */
export function resumeDownload(job: DownloadJob, listing: Listing): void {
  removeDownload(job.id);
  startDownload(job.run, job.files, listing);
}

/** Stops a download. What was received stays, so that it can be resumed. */
export function cancelDownload(id: number): void {
  controllers.get(id)?.abort();
}

/** Removes a download that has ended from the list. */
export function removeDownload(id: number): void {
  cancelDownload(id);
  list.value = list.value.filter((job) => job.id !== id);
}
