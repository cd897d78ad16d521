import { indexedDbState } from 'kaggle-ts/browser';

/** Databases with titles, statuses and metrics of runs: what need not be asked for again, or is shown without a network. */
const databases = {
  runs: 'kaggle-dashboard',
  compare: 'kaggle-dashboard-compare',
  durations: 'kaggle-dashboard-durations',
} as const;

/** The store of one kind. Its methods reject where the browser stores nothing; the app works without it. */
export const remembered = (kind: keyof typeof databases) => indexedDbState(databases[kind]);

/** Removes the files of downloads, and forgets those that are not complete. */
async function forgetDownloads(): Promise<void> {
  try {
    sessionStorage.removeItem('downloads');
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('kaggle');
    await folder.removeEntry('downloads', { recursive: true });
  } catch {
    // There are none, or the browser blocks storage.
  }
}

/** Removes all of them, and the files of downloads, on sign-out: the next person at this device may not see the runs. */
export async function forgetRuns(): Promise<void> {
  await forgetDownloads();
  await Promise.all(
    Object.values(databases).map(
      (name) =>
        new Promise<void>((resolve) => {
          try {
            const request = indexedDB.deleteDatabase(name);
            request.onsuccess = request.onerror = () => resolve();
          } catch {
            // The browser blocks storage: there is none.
            resolve();
          }
        }),
    ),
  );
}
