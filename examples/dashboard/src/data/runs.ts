import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { type ApiKernelMetadata, isTerminal, list, watch } from 'kaggle-ts/kernels';
import { client } from './client.ts';
import { isHidden, isOffline, isUnreachable } from './network.ts';
import { reasonOf } from './problem.ts';
import { type RunRow, type RunState, rowsOf, runKey } from './run-rows.ts';
import type { SavedRuns } from './saved-runs.ts';
import { started } from './started.ts';
import { createWarning } from './warning.ts';

/** Number of rows at first, and of those that `showMore` adds. */
const step = 25;
/** Seconds between two requests for the list, which finds runs that were started elsewhere. */
const interval = 60;
/** Maximum number of seconds until the list is requested again after a failure, unless the server asks for more. */
const longestPause = 30;

const pauseAfter = (failures: number, error: unknown): number =>
  Math.max(Math.min(longestPause, 2 ** failures), ((error as { retryAfterMs?: number }).retryAfterMs ?? 0) / 1000);

const kernels = signal<readonly ApiKernelMetadata[] | undefined>(undefined);
const old = signal<SavedRuns | undefined>(undefined);
const known = signal<ReadonlyMap<string, RunState>>(new Map());
const failure = signal<unknown>(undefined);
const warning = createWarning();
const most = signal(step);

/** The runs of the account; `undefined` until they are known. */
export const rows: ReadonlySignal<readonly RunRow[] | undefined> = computed(() =>
  kernels.value ? rowsOf(kernels.value, started.value) : old.value?.rows,
);
/** The last known status of each run, by the key of its row. */
export const states: ReadonlySignal<ReadonlyMap<string, RunState>> = known;
/** Why the list could not be updated; `undefined` if it was. */
export const listError: ReadonlySignal<unknown> = failure;
/** Why a status could not be requested, which is retried. */
export const statusWarning: ReadonlySignal<string | undefined> = warning.text;
/** When the list was saved; `undefined` if it is live. */
export const savedAt: ReadonlySignal<Date | undefined> = computed(() =>
  kernels.value ? undefined : old.value?.savedAt,
);
/** Whether Kaggle may have more runs. */
export const hasMore: ReadonlySignal<boolean> = computed(() => (kernels.value?.length ?? 0) >= most.value);

/** Returns what is known about a run; `undefined` if it was not in the list. */
export function knownState(ref: string, versionNumber: number | undefined): RunState | undefined {
  return known.value.get(runKey(ref, versionNumber));
}

/** Not needed for the first view of the list, so loaded beside it. */
const loadStorage = () => import('./saved-runs.ts');

function learn(key: string, state: RunState): void {
  known.value = new Map(known.peek()).set(key, state);
}

const hasEnded = ({ key }: RunRow) => isTerminal(known.peek().get(key)?.status ?? '');

/** Whether the status of a row can be asked for. One name that cannot be parsed would end the watch of all. */
const isRun = ({ key }: RunRow) => /^[\w-]+\/[\w-]+(?:\/\d+)?$/.test(key);

/** A run that ended keeps its status, so it is not asked for again after a reload. The newest run without a number may be another. */
function save(): void {
  const shown = rows.peek() ?? [];
  const entries = shown.flatMap(({ key, versionNumber }) => {
    const state = known.peek().get(key);
    return state && versionNumber ? [[key, state] as [string, RunState]] : [];
  });
  const runs = { rows: [...shown], states: entries, savedAt: new Date() };
  void loadStorage().then(
    ({ saveRuns }) => saveRuns(runs),
    () => undefined,
  );
}

/** Watches rows until they end. All watches of the client share one queue, with a gentle pace. */
async function watchRows(added: readonly RunRow[], signal: AbortSignal): Promise<void> {
  const runs = added.map((row) => (row.job ? row : { ref: row.key, key: row.key }));
  try {
    for await (const event of watch(client, runs, { signal, onWarning: warning.show })) {
      warning.show(undefined);
      const { job: run, ...fact } = event;
      if (fact.type === 'failed') learn(run.key, { status: 'UNAVAILABLE', failureMessage: reasonOf(fact.error) });
      else if (fact.type !== 'log') learn(run.key, { status: fact.status, failureMessage: fact.failureMessage });
      if (fact.type === 'ended') save();
    }
  } catch (error) {
    if (!signal.aborted) failure.value = error;
  }
}

/** Resolves after some seconds, or when a job was started, more rows are wanted, or the network comes or goes. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  let isFirst = true;
  const timer = setTimeout(resolve, seconds * 1000);
  signal.addEventListener('abort', wake);
  const stop = effect(() => {
    void [started.value, most.value, isOffline.value, isUnreachable.value];
    if (!isFirst) resolve();
    isFirst = false;
  });
  await promise;
  stop();
  clearTimeout(timer);
  signal.removeEventListener('abort', wake);
}

/** `restoring` is awaited too, so that the status of what ended earlier is not asked for again. */
async function refresh(signal: AbortSignal, restoring: Promise<unknown>): Promise<void> {
  const limit = most.peek();
  // The loop below retries, and shows the failure meanwhile.
  const options = { limit, signal, retry: 0 };
  const found = await list(
    client,
    { group: 'PROFILE', sortBy: 'DATE_RUN', pageSize: Math.min(limit, 100) },
    options,
  ).all();
  await restoring;
  kernels.value = found;
  failure.value = undefined;
  save();
}

/** Loads the list that was saved before a reload. It is shown only if there is no other; the status of runs that ended is used. */
async function restore(): Promise<SavedRuns | undefined> {
  const found = await loadStorage().then(
    ({ loadSavedRuns }) => loadSavedRuns(),
    () => undefined,
  );
  for (const [key, state] of found?.states ?? []) if (isTerminal(state.status)) learn(key, state);
  return found;
}

let following: AbortSignal | undefined;

/** Asks for the status of a run soon and often, because something was done that changes it. */
export function expectChange(row: RunRow, status: string): void {
  learn(row.key, { status });
  if (following && !following.aborted) void watchRows([row], following);
}

/** Keeps the list and the status of its runs current until `signal` is aborted. */
async function follow(signal: AbortSignal): Promise<void> {
  following = signal;
  const restoring = kernels.peek() ? Promise.resolve(undefined) : restore();
  const watched = new Set<string>();
  const stop = effect(() => {
    const isNew = (row: RunRow) => !watched.has(row.key) && !hasEnded(row) && isRun(row);
    const added = kernels.value ? (rows.value ?? []).filter(isNew) : [];
    for (const { key } of added) watched.add(key);
    if (added.length > 0) void watchRows(added, signal);
  });
  for (let failures = 0; !signal.aborted; ) {
    try {
      await refresh(signal, restoring);
      failures = 0;
    } catch (error) {
      if (signal.aborted) break;
      failures++;
      failure.value = error;
      old.value ??= await restoring;
    }
    await pause(failures > 0 ? pauseAfter(failures, failure.peek()) : interval, signal);
  }
  stop();
}

const attempt = signal(0);

/** Keeps the list current while somebody sees it. Returns a function that stops. */
export function keepCurrent(): () => void {
  return effect(() => {
    void attempt.value;
    if (isHidden.value) return;
    const stopped = new AbortController();
    void follow(stopped.signal);
    return () => stopped.abort();
  });
}

/** Requests the list again at once. */
export function retryNow(): void {
  attempt.value++;
}

/** Adds older runs to the list. */
export function showMore(): void {
  most.value += step;
}
