import { indexedDbState } from 'kaggle-ts/browser';

/** Databases with titles, statuses and metrics of runs: what need not be asked for again, or is shown without a network. */
const databases = {
  runs: 'kaggle-dashboard',
  compare: 'kaggle-dashboard-compare',
  durations: 'kaggle-dashboard-durations',
} as const;

/** The store of one kind. Its methods reject where the browser stores nothing; the app works without it. */
export const remembered = (kind: keyof typeof databases) => indexedDbState(databases[kind]);

/** Removes all of them, on sign-out: the next person at this device may not see the runs. */
export async function forgetRuns(): Promise<void> {
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
