import type { KaggleClient } from '../core/rpc/client.ts';
import { type LogEntry, type RunRef, type WatchOptions, watch } from '../services/kernels/index.ts';

/** What is known about a run. */
export interface RunState {
  /** Its status, such as `QUEUED`, `RUNNING` or `COMPLETE`; `undefined` until it is known. */
  readonly status: string | undefined;
  /** Why the run failed, if Kaggle returned it. */
  readonly failureMessage: string | undefined;
  /** Whether the run has ended, with or without success. */
  readonly ended: boolean;
  /** Why the run cannot be watched: it was deleted, is private, did not start, or is invalid. */
  readonly error: unknown;
  /** Its log so far, oldest entry first; empty without the option `logs`. */
  readonly entries: readonly LogEntry[];
}

/** Options of `useRun` and `useRuns`. Of components that watch the same run, the first one's options count, except `logs`. */
export interface UseRunOptions extends Omit<WatchOptions, 'signal'> {
  /**
   * Whether to watch the run while the page is hidden, for example in a background tab. Otherwise, watching continues as soon as the
   * page is visible.
   * @default false
   */
  background?: boolean | undefined;
}

/** The state before anything is known. */
export const initial: RunState = {
  status: undefined,
  failureMessage: undefined,
  ended: false,
  error: undefined,
  entries: [],
};

/** A run that components watch. */
interface FollowedRun {
  /** The state without the log, so that a component that does not show the log is not rendered for each line. */
  brief: RunState;
  full: RunState;
  /** Calls `changed` after each change until the function that it returns is called. */
  subscribe(changed: () => void, options: UseRunOptions): () => void;
}

/** Milliseconds for which log entries are collected before they are rendered. */
const renderDelay = 50;

/** Live logs of each client: more of them would leave no connections for requests. */
const liveLogs = new WeakMap<KaggleClient, number>();
const addLive = (client: KaggleClient, change: number) => liveLogs.set(client, (liveLogs.get(client) ?? 0) + change);

/** Watches a run while it has subscribers. `forget` is called when it has none left. */
function followRun(client: KaggleClient, run: RunRef, forget: () => void): FollowedRun {
  const page = (globalThis as { document?: Document }).document;
  const listeners = new Set<() => void>();
  let options: UseRunOptions = {};
  let stopped: AbortController | undefined;
  let lines: LogEntry[] = [];
  let size = 0;
  let done = false;
  let render: ReturnType<typeof setTimeout> | undefined;

  function update(change?: Partial<RunState>): void {
    clearTimeout(render);
    render = undefined;
    if (change) followed.brief = { ...followed.brief, ...change };
    followed.full = { ...followed.brief, entries: [...lines] };
    for (const changed of listeners) changed();
  }

  async function read(signal: AbortSignal): Promise<void> {
    const { background: _, logs, ...others } = options;
    const isLive = logs === 'live' && (liveLogs.get(client) ?? 0) < Math.max(1, client.platform.concurrency - 2);
    if (isLive) addLive(client, 1);
    // After a pause, the log is read from its start, perhaps in other pieces: it replaces what is shown once it is as long.
    const fresh: LogEntry[] = [];
    let length = 0;
    try {
      const mode = logs === 'live' && !isLive ? 'poll' : logs;
      for await (const event of watch(client, [run], { ...others, logs: mode, signal })) {
        if (event.type === 'failed') throw event.error;
        if (event.type === 'log') {
          fresh.push(event.entry);
          length += event.entry.data.length;
          if (length < size) continue;
          lines = fresh;
          size = length;
          render ??= setTimeout(update, renderDelay);
        } else {
          const { status, failureMessage, type } = event;
          done = type === 'ended';
          update({ status, failureMessage, ended: done, error: undefined });
        }
      }
    } catch (error) {
      if (!signal.aborted) update({ error });
    } finally {
      if (isLive) addLive(client, -1);
    }
  }

  function stop(): void {
    stopped?.abort();
    stopped = undefined;
  }

  /** Starts, pauses or ends the watch, whatever is due. */
  function check(): void {
    const isDue = listeners.size > 0 && !done && (options.background || !page?.hidden);
    if (isDue && !stopped) {
      stopped = new AbortController();
      void read(stopped.signal);
    } else if (!isDue) stop();
    if (listeners.size > 0) return;
    page?.removeEventListener('visibilitychange', check);
    forget();
  }

  const followed: FollowedRun = {
    brief: initial,
    full: initial,
    subscribe(changed, wanted) {
      const isFirst = listeners.size === 0;
      if (isFirst && followed.brief.error !== undefined) stop();
      if (wanted.logs && !options.logs) {
        done = false;
        stop();
      }
      options = { ...(isFirst ? wanted : options), logs: options.logs || wanted.logs };
      page?.addEventListener('visibilitychange', check);
      listeners.add(changed);
      check();
      return () => {
        listeners.delete(changed);
        // A component that is mounted again at once, as React's StrictMode does, finds the run still watched.
        setTimeout(check);
      };
    },
  };
  return followed;
}

/** The watched runs of each client. */
const runsOf = new WeakMap<KaggleClient, Map<string, FollowedRun>>();

/** The watched run with this key; `undefined` if no component watches it. */
export function findRun(client: KaggleClient, key: string): FollowedRun | undefined {
  return runsOf.get(client)?.get(key);
}

/** Like `findRun`, but adds the run if it is missing. */
export function openRun(client: KaggleClient, key: string, run: RunRef): FollowedRun {
  const runs = runsOf.get(client) ?? new Map<string, FollowedRun>();
  runsOf.set(client, runs);
  const found = runs.get(key) ?? followRun(client, run, () => runs.get(key) === found && runs.delete(key));
  runs.set(key, found);
  return found;
}
