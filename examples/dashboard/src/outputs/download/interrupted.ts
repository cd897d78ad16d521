import type { DownloadJob } from './jobs.ts';

/** Session storage: another tab does not continue the downloads of this one. */
const key = 'downloads';

/** Stores the downloads that a reload would interrupt. Where the browser stores nothing, they have to be started again. */
export function storeUnfinished(jobs: readonly DownloadJob[]): void {
  try {
    if (jobs.length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(jobs.map(({ folder: _, target: __, ...job }) => job)));
  } catch {
    // Blocked or full.
  }
}

function isJob(value: unknown): value is DownloadJob {
  const { run, files, fileCount, received } = (value ?? {}) as Partial<DownloadJob>;
  const isFiles = files === 'all' || (Array.isArray(files) && files.every((name) => typeof name === 'string'));
  return typeof run === 'string' && isFiles && typeof fileCount === 'number' && typeof received === 'number';
}

/** The downloads that an earlier load of this page did not finish. */
export function readInterrupted(): readonly DownloadJob[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    const jobs = Array.isArray(stored) ? stored.filter(isJob) : [];
    return jobs.map((job, index) => ({ ...job, id: index + 1, state: 'interrupted' }));
  } catch {
    return [];
  }
}
