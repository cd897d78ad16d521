import { remembered } from '../../data/remembered.ts';
import type { Metrics, Param } from './metrics.ts';

/** What stays true of a version that has ended. */
export interface SavedRun {
  status: string;
  failureMessage: string | undefined;
  /** Parameters in its source; `undefined` if it was not read. */
  params?: Readonly<Record<string, Param>>;
  /** The file that is read without being asked for. */
  usual?: string;
  /** What was read, by file name: metrics, or why there are none. */
  files: Record<string, Metrics | string>;
}

const store = remembered('compare');

/** Returns what is known about a run that has ended. A browser that stores nothing is as good as an empty one. */
export async function loadRun(key: string): Promise<SavedRun | undefined> {
  try {
    return (await store.get(key)) as SavedRun | undefined;
  } catch {
    return undefined;
  }
}

export function saveRun(key: string, run: SavedRun): void {
  store.set(key, run).catch(() => undefined);
}
