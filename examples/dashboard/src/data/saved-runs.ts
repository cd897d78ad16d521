import { remembered } from './remembered.ts';
import type { RunRow, RunState } from './run-rows.ts';

/** The list of runs as it was last seen, for when there is no network. Contains no secrets. */
export interface SavedRuns {
  rows: RunRow[];
  states: [key: string, state: RunState][];
  savedAt: Date;
}

const store = remembered('runs');
/** Another shape of `SavedRuns` needs another key. */
const key = 'runs-1';

/** Returns the saved list; `undefined` if there is none, or the browser stores nothing. */
export async function loadSavedRuns(): Promise<SavedRuns | undefined> {
  try {
    return (await store.get(key)) as SavedRuns | undefined;
  } catch {
    return undefined;
  }
}

/** Saves the list. The app works without a saved one, so failures are ignored. */
export function saveRuns(runs: SavedRuns): void {
  store.set(key, runs).catch(() => undefined);
}
