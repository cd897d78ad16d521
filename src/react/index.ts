/** React hooks that show runs. They work with React 18 and newer, and with Preact's `preact/compat`. */
import { useMemo, useSyncExternalStore } from 'react';
import { checkCall } from '../core/options/check.ts';
import { any, list } from '../core/options/field.ts';
import type { KaggleClient } from '../core/rpc/client.ts';
import type { RunRef } from '../services/kernels/index.ts';
import { findRun, initial, openRun, type RunState, type UseRunOptions } from './followed-run.ts';

export type { LogEntry, RunRef, WatchOptions } from '../services/kernels/index.ts';
export type { RunState, UseRunOptions } from './followed-run.ts';

/** What is known about several runs. */
export interface RunsState {
  /** The state of each run, in the order of the argument. */
  readonly runs: readonly RunState[];
  /** The first error of a run that has one. */
  readonly error: unknown;
}

/** Equal for two references to the same run, so that an object that is created for each render is not a new run. */
function keyOf(run: RunRef): string {
  const { ref, versionNumber } = Object(run) as { ref?: string; versionNumber?: unknown };
  return ref === undefined ? String(run) : `${ref} ${versionNumber}`;
}

/** The runs of a component as a store of React. */
function createStore(client: KaggleClient, runs: readonly RunRef[], options: UseRunOptions) {
  const keys = runs.map(keyOf);
  const { logs } = options;
  const first: RunsState = { runs: runs.map(() => initial), error: undefined };
  let last = first;
  return {
    subscribe(changed: () => void): () => void {
      const ends = runs.map((run, index) => openRun(client, keys[index]!, run).subscribe(changed, options));
      return () => {
        for (const end of ends) end();
      };
    },
    /** The same object as before, unless a run has changed. */
    read(): RunsState {
      const states = keys.map((key) => findRun(client, key)?.[logs ? 'full' : 'brief'] ?? initial);
      if (states.some((state, index) => state !== last.runs[index])) {
        last = { runs: states, error: states.find(({ error }) => error !== undefined)?.error };
      }
      return last;
    },
    /** On a server, and in a browser until its page is hydrated, nothing is known. */
    readFirst: (): RunsState => first,
  };
}

/**
 * Watches runs while the component is mounted, and renders it when one of them changes. Components that watch the same run share its
 * requests, and all requests of a client share one gentle pace, as in `watch` of `kaggle-ts/kernels`. While the page is hidden, nothing
 * is requested.
 *
 * @param client - The client. Create it outside of the component: each new client starts to watch anew.
 * @param runs - Runs, results of `push` or jobs; see `RunRef`. The array may be a new one for each render.
 * @returns One state for each run. On a server, all are unknown and nothing is requested.
 * @throws `ValidationError` if the client is missing or `runs` is not an array. All other errors are in the result.
 * @example
 * ```ts
 * import type { KaggleClient } from 'kaggle-ts';
 * import { useRuns } from 'kaggle-ts/react';
 *
 * export function Summary({ client, runs }: { client: KaggleClient; runs: string[] }) {
 *   const { runs: states, error } = useRuns(client, runs);
 *   if (error) return String(error);
 *   return `${states.filter(({ ended }) => ended).length} of ${states.length} runs have ended`;
 * }
 * ```
 */
export function useRuns(client: KaggleClient, runs: readonly RunRef[], options: UseRunOptions = {}): RunsState {
  checkCall('useRuns', client, { runs }, { runs: () => list<RunRef>('runs', any()) });
  const { logs, background } = options;
  const key = runs.map(keyOf).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the runs; other options count when watching starts
  const store = useMemo(() => createStore(client, runs, options), [client, key, logs, background]);
  return useSyncExternalStore(store.subscribe, store.read, store.readFirst);
}

/**
 * Watches a run while the component is mounted, and renders it when the run changes. See `useRuns`, which it uses.
 *
 * @param client - The client. Create it outside of the component: each new client starts to watch anew.
 * @param run - A run, the result of `push`, or a job of `start` or `attach`; see `RunRef`. Nothing is requested while it is `undefined`.
 * @returns The state of the run. With the option `logs`, it includes the log.
 * @throws `ValidationError` if the client is missing. All other errors are in the result.
 * @example
 * ```ts
 * import type { KaggleClient } from 'kaggle-ts';
 * import { useRun } from 'kaggle-ts/react';
 *
 * export function Status({ client, run }: { client: KaggleClient; run: string | undefined }) {
 *   const { status, ended, error, entries } = useRun(client, run, { logs: 'live' });
 *   if (error) return String(error);
 *   return `${status ?? 'Loading'}${ended ? '' : ' ...'}\n${entries.map(({ data }) => data).join('')}`;
 * }
 * ```
 */
export function useRun(client: KaggleClient, run: RunRef | undefined, options?: UseRunOptions): RunState {
  return useRuns(client, run === undefined ? [] : [run], options).runs[0] ?? initial;
}
