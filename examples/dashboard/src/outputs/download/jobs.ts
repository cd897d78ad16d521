import { type ReadonlySignal, signal } from '@preact/signals';
import type { Listing } from '../list/listing.ts';
import { readInterrupted, storeUnfinished } from './interrupted.ts';

/** A download of one or several output files, as the page shows it. */
export interface DownloadJob {
  readonly id: number;
  readonly run: string;
  /** Paths, or all files of the run. */
  readonly files: readonly string[] | 'all';
  /** `waiting`: for the network. `interrupted`: by a reload of the page. */
  readonly state: 'running' | 'waiting' | 'saving' | 'done' | 'failed' | 'canceled' | 'interrupted';
  /** Bytes that were received, or are on the disk from an earlier attempt. */
  readonly received: number;
  /** Bytes of all files; `undefined` if not all sizes are known. */
  readonly total: number | undefined;
  readonly filesDone: number;
  readonly fileCount: number;
  /** Where the files are: `the folder "results"`, `your downloads`. */
  readonly target?: string;
  /** The folder that the user chose. */
  readonly folder?: FileSystemDirectoryHandle;
  readonly error?: unknown;
}

/** Whether a download is under way. */
export const isRunning = ({ state }: DownloadJob): boolean =>
  state === 'running' || state === 'waiting' || state === 'saving';

const list = signal<readonly DownloadJob[]>(readInterrupted());

/** The downloads of this page, the newest first. */
export const downloads: ReadonlySignal<readonly DownloadJob[]> = list;

const controllers = new Map<number, AbortController>();
let lastId = list.value.length;

function change(id: number, part: Partial<DownloadJob>): void {
  list.value = list.value.map((job) => (job.id === id ? { ...job, ...part } : job));
  if (part.state) storeUnfinished(list.value.filter((job) => isRunning(job) || job.state === 'interrupted'));
}

/** Whether the browser asks where to save this many files. */
const asksForFolder = (count: number): boolean =>
  count > 1 && !!(window as { showDirectoryPicker?: unknown }).showDirectoryPicker;

/** Asks for a folder, if the browser can and several files are to be saved. */
async function chooseFolder(count: number): Promise<FileSystemDirectoryHandle | undefined> {
  const { showDirectoryPicker } = window as {
    showDirectoryPicker?: (options: { mode: string; id: string }) => Promise<FileSystemDirectoryHandle>;
  };
  return asksForFolder(count) ? showDirectoryPicker?.({ mode: 'readwrite', id: 'outputs' }) : undefined;
}

async function carryOut(job: DownloadJob, listing: Listing): Promise<void> {
  const aborting = new AbortController();
  controllers.set(job.id, aborting);
  const { signal: aborted } = aborting;
  try {
    const folder = job.folder ?? (await chooseFolder(job.fileCount));
    if (folder) change(job.id, { folder, target: `the folder "${folder.name}"` });
    // The engine of downloads is loaded with the first one.
    const { saveFiles } = await import('./save.ts');
    aborted.throwIfAborted();
    await saveFiles({ ...job, ...(folder && { folder }) }, listing, aborted, (part) => change(job.id, part));
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
export function startDownload(
  run: string,
  files: readonly string[] | 'all',
  listing: Listing,
  folder?: FileSystemDirectoryHandle,
): void {
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
    ...(folder && { folder }),
  };
  list.value = [job, ...list.value];
  change(job.id, { state: 'running' });
  void carryOut(job, listing);
}

/** Starts a download that has stopped again. Bytes that were received are not requested again. */
export function resumeDownload(job: DownloadJob, listing: Listing): void {
  removeDownload(job.id);
  startDownload(job.run, job.files, listing, job.folder);
}

/** Continues the downloads of a run that a reload interrupted, except where the browser has to ask for a folder: that needs a click. */
export function continueDownloads(run: string, listing: Listing): void {
  for (const job of list.peek()) {
    if (job.run === run && job.state === 'interrupted' && !asksForFolder(job.fileCount)) resumeDownload(job, listing);
  }
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
