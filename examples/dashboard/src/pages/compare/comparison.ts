import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiError, ConnectionError, isKaggleError, TransferError } from 'kaggle-ts/browser';
import { reasonOf } from '../../data/problem.ts';
import { createWarning } from '../../data/warning.ts';
import { loadRun, type SavedRun, saveRun } from './cache.ts';
import type { Metrics } from './metrics.ts';
import { createQueue } from './queue.ts';
import type { ComparedRun } from './selection.ts';
import type { RunRow } from './table.ts';

/** The runs of a comparison, which change while they are loaded and while runs are in progress. */
export interface Comparison {
  rows: ReadonlySignal<readonly RunRow[]>;
  /** Files with which the comparison can be made. */
  files: ReadonlySignal<readonly string[]>;
  /** Why nothing can be loaded, such as a session that has expired. */
  error: ReadonlySignal<unknown>;
  /** Why a status could not be requested, which is retried. */
  warning: ReadonlySignal<string | undefined>;
  /** Loads until the returned function is called. */
  start: () => () => void;
}

/** What asks Kaggle: loaded when a run is not known yet. */
const requests = () => import('./requests.ts');

/** Runs whose output is read at the same time. */
const readers = 3;
/** Milliseconds for which changes are collected before the page is rendered again. */
const renderDelay = 60;

/** Whether loading may succeed if it is tried again, also that of a part of this page. */
const isTemporary = (error: unknown) =>
  !isKaggleError(error) ||
  error instanceof ConnectionError ||
  error instanceof TransferError ||
  (error instanceof ApiError && (error.status === 429 || error.status >= 500));

const nothing = {
  status: undefined,
  failureMessage: undefined,
  metrics: undefined,
  params: {},
  file: undefined,
  problem: undefined,
};

/**
 * Reads the metrics of `runs` from the file `wanted`, or from the usual one of each. `before` is what an earlier comparison has
 * found with the same file: it is shown until it is known again.
 */
export function createComparison(
  runs: readonly ComparedRun[],
  wanted: string | undefined,
  before: readonly RunRow[],
): Comparison {
  const known = new Map(before.map((row) => [row.key, row.retry ? { ...row, ...nothing } : row]));
  const first = runs.map((run, index): RunRow => ({ ...nothing, ...known.get(run.key), ...run, number: index + 1 }));
  const rows = signal<readonly RunRow[]>(first);
  const files = signal<readonly string[]>([]);
  const error = signal<unknown>(undefined);
  const warning = createWarning();
  const current = new Map(first.map((row) => [row.key, row]));
  let rendering: ReturnType<typeof setTimeout> | undefined;

  function update(key: string, change: Partial<RunRow>): void {
    current.set(key, { ...current.get(key)!, ...change });
    rendering ??= setTimeout(() => {
      rendering = undefined;
      rows.value = [...current.values()];
    }, renderDelay);
  }

  function offer(names: readonly string[]): void {
    const added = names.filter((name) => !files.value.includes(name));
    if (added.length > 0) files.value = [...files.value, ...added].slice(0, 100);
  }

  /** Finds the file of a run that has ended, and reads it. What was read before is in `saved`. */
  async function findMetrics(
    run: ComparedRun,
    saved: SavedRun,
    signal: AbortSignal,
  ): Promise<[string, Metrics | string]> {
    const name = wanted ?? saved.usual ?? 'metrics.json';
    if (saved.files[name] !== undefined) return [name, saved.files[name]];
    const { listMetricFiles, readFile } = await requests();
    const found = await readFile(run, name, signal);
    if (found !== undefined) return [name, found];
    const names = await listMetricFiles(run, signal);
    offer(names);
    if (wanted !== undefined && names.length > 0) return [name, `no file "${wanted}"`];
    const [other] = names;
    if (other === undefined) return [name, 'no JSON file in its output'];
    return [other, saved.files[other] ?? (await readFile(run, other, signal)) ?? `no file "${other}"`];
  }

  /** Reads a run that has ended, and remembers what cannot change. */
  async function readRun(run: ComparedRun, saved: SavedRun, signal: AbortSignal): Promise<void> {
    const { key } = run;
    let isNew = false;
    try {
      const [file, found] = await findMetrics(run, saved, signal);
      isNew = saved.files[file] === undefined;
      saved.files[file] = found;
      if (wanted === undefined) saved.usual = file;
      if (typeof found === 'string') return update(key, { problem: found });
      offer([file]);
      update(key, { metrics: found, file, problem: undefined, params: { ...saved.params, ...found.params } });
      if (saved.params !== undefined || Object.keys(found.params).length > 0) return;
      saved.params = await (await requests()).readParams(run, signal);
      isNew = true;
      update(key, { params: saved.params });
    } catch (failure) {
      if (signal.aborted) return;
      if (!current.get(key)!.metrics) update(key, { problem: reasonOf(failure), retry: isTemporary(failure) });
    } finally {
      if (run.versionNumber !== undefined && isNew) saveRun(key, saved);
    }
  }

  async function follow(
    watched: readonly ComparedRun[],
    onEnd: (run: ComparedRun, saved: SavedRun) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const byKey = new Map(watched.map((run) => [run.key, run]));
    const { watchRuns } = await requests();
    for await (const event of watchRuns([...byKey.keys()], signal, warning.show)) {
      warning.show(undefined);
      if (event.type === 'failed') update(event.job, { status: 'UNAVAILABLE', problem: reasonOf(event.error) });
      if (event.type !== 'status' && event.type !== 'ended') continue;
      const { status, failureMessage } = event;
      update(event.job, { status, failureMessage });
      if (event.type === 'ended') onEnd(byKey.get(event.job)!, { status, failureMessage, files: {} });
    }
  }

  return {
    rows,
    files,
    error,
    warning: warning.text,
    start() {
      const stopped = new AbortController();
      const { signal } = stopped;
      const add = createQueue(readers, signal);
      const read = (run: ComparedRun, saved: SavedRun) => add(() => readRun(run, saved, signal));
      async function load(): Promise<void> {
        const saved = await Promise.all(runs.map(({ key }) => loadRun(key)));
        if (signal.aborted) return;
        runs.forEach((run, index) => {
          const known = saved[index];
          if (!known) return;
          update(run.key, { status: known.status, failureMessage: known.failureMessage });
          read(run, known);
        });
        const unknown = runs.filter((_, index) => !saved[index]);
        if (unknown.length > 0) await follow(unknown, read, signal);
      }
      error.value = undefined;
      load().catch((failure: unknown) => {
        if (!signal.aborted) error.value = failure;
      });
      return () => {
        stopped.abort();
        clearTimeout(rendering);
        rendering = undefined;
      };
    },
  };
}
