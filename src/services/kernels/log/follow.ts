/**
 * Reading a log as a pure function: (state, event) -> (state, action). Kaggle cuts a live log every few minutes and
 * sends it from the start on each connection; when the run has ended, its log is stored. See logs.ts for the effects.
 */
import type { LogEntry } from './entry.ts';
import type { LiveEvent } from './live.ts';
import { noReplay, type Replay, restart, takeNew } from './replay.ts';

export interface FollowState extends Replay {
  /** `false`: read the stored log only. */
  readonly follow: boolean;
  /** If the live log is lost too often, wait for the end of the run and read the stored log, instead of failing. */
  readonly patient: boolean;
  /** The run has ended. */
  readonly ended: boolean;
  /** Whether the current connection received new entries. */
  readonly news: boolean;
  /** Number of consecutive lost connections without new entries; one with new entries counts as the first. */
  readonly losses: number;
  /** Number of connections that were closed because they were quiet. */
  readonly quiets: number;
}

export type FollowEvent =
  | LiveEvent
  /** The run has started or ended. */
  | { readonly type: 'status'; readonly ended: boolean }
  /** There is no stored log. */
  | { readonly type: 'missing' };

export type FollowAction =
  /** Pause, then wait until the run has started (before, its log has no URL) or has ended. */
  | { readonly type: 'watch'; readonly pauseMs: number; readonly until: 'started' | 'ended' }
  /** Read the log from its start. */
  | { readonly type: 'readStored' | 'readLive' }
  /** Show the new part of an entry, and continue. */
  | { readonly type: 'show'; readonly entry: LogEntry }
  /** Continue. */
  | { readonly type: 'skip' }
  | { readonly type: 'stop' }
  | { readonly type: 'fail'; readonly message: string; readonly cause: Error };

export interface FollowStep {
  readonly state: FollowState;
  readonly action: FollowAction;
}

/** Number of consecutive lost connections without new entries after which reading fails. */
const maxLosses = 6;
/** A connection that lasted this long (seconds) counts as good, even if the kernel printed nothing. */
const healthySeconds = 30;

/** Pause in milliseconds before the next connection: 1 s, growing to 15 s. */
function reconnectDelay(losses: number): number {
  return Math.min(15_000, 1000 * 1.7 ** (losses - 1));
}

/** Pause in milliseconds after a connection that was quiet: 3 s, growing to 30 s. */
function quietDelay(quiets: number): number {
  return Math.min(30_000, 3000 * 1.5 ** (quiets - 1));
}

export function startReading(follow: boolean, patient = false): FollowStep {
  const state = { ...noReplay, follow, patient, ended: !follow, news: false, losses: 0, quiets: 0 };
  return follow ? watch(state, 0) : { state, action: { type: 'readStored' } };
}

function watch(state: FollowState, pauseMs: number, until: 'started' | 'ended' = 'started'): FollowStep {
  return { state, action: { type: 'watch', pauseMs, until } };
}

function read(before: FollowState, type: 'readStored' | 'readLive'): FollowStep {
  return { state: { ...before, ...restart(before), news: false }, action: { type } };
}

function reconnect(state: FollowState): FollowStep {
  // Without a stored log of a run that has ended, one connection is all that can be read.
  if (state.ended) return stop(state);
  return watch(state, reconnectDelay(state.losses));
}

function stop(state: FollowState): FollowStep {
  return { state, action: { type: 'stop' } };
}

/** What to do after `event`. */
export function transition(state: FollowState, event: FollowEvent): FollowStep {
  switch (event.type) {
    case 'status':
      return read({ ...state, ended: event.ended }, event.ended ? 'readStored' : 'readLive');
    case 'missing':
      // The live log of a run that has ended may be available before the stored one.
      return state.follow ? read(state, 'readLive') : stop(state);
    case 'entry': {
      const { fresh, ...replay } = takeNew(state, event.entry);
      const next = { ...state, ...replay, news: state.news || fresh !== undefined };
      return { state: next, action: fresh ? { type: 'show', entry: fresh } : { type: 'skip' } };
    }
    case 'complete':
      return stop(state);
    case 'snapshot':
      return reconnect({ ...state, losses: 1 });
    case 'quiet': {
      if (state.ended) return stop(state);
      const quiets = state.quiets + 1;
      return watch({ ...state, losses: 0, quiets }, quietDelay(quiets));
    }
    case 'lost': {
      const { error, seconds } = event;
      const losses = state.news || seconds >= healthySeconds ? 1 : state.losses + 1;
      if (state.ended || losses < maxLosses) return reconnect({ ...state, losses });
      if (state.patient) return watch(state, 0, 'ended');
      const message = `lost the live log ${losses} times in a row without new entries: ${error.message}`;
      return { state, action: { type: 'fail', message, cause: error } };
    }
  }
}
