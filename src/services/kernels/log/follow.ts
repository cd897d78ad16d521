/**
 * Reading a log as a pure function: (state, event) -> (state, action). Kaggle cuts a live log every few minutes and
 * sends it from the start on each connection; when the run has ended, its log is stored. See logs.ts for the effects.
 */
import type { LogEntry } from './entry.ts';
import type { LiveEvent } from './live.ts';
import { noReplay, type Replay, restart, takeNew } from './replay.ts';

export interface FollowState extends Replay {
  /** `false`: only the stored log is wanted. */
  readonly follow: boolean;
  /** The run has ended. */
  readonly ended: boolean;
  /** The connection under way has brought something new. */
  readonly news: boolean;
  /** Connections in a row that were lost without news; one with news counts as the first. */
  readonly losses: number;
}

export type FollowEvent =
  | LiveEvent
  /** The run has begun, or has ended. */
  | { readonly type: 'status'; readonly ended: boolean }
  /** No log is stored. */
  | { readonly type: 'missing' };

export type FollowAction =
  /** Wait, and then until the run has begun: its log has no address before. */
  | { readonly type: 'watch'; readonly pauseMs: number }
  /** Read a log from its start. */
  | { readonly type: 'readStored' | 'readLive' }
  /** Show the new part of an entry, and read on. */
  | { readonly type: 'show'; readonly entry: LogEntry }
  /** Read on. */
  | { readonly type: 'skip' }
  | { readonly type: 'stop' }
  | { readonly type: 'fail'; readonly message: string; readonly cause: Error };

export interface FollowStep {
  readonly state: FollowState;
  readonly action: FollowAction;
}

/** How many connections in a row may bring nothing new before the log is given up. */
const maxLosses = 6;
/** A connection that lasted this long (seconds) was a good one, even if the kernel had nothing to say. */
const healthySeconds = 30;

/** Pause before connection number `losses` + 1 after that many without news, in milliseconds: 1 s, growing to 15. */
function reconnectDelay(losses: number): number {
  return Math.min(15_000, 1000 * 1.7 ** (losses - 1));
}

export function startReading(follow: boolean): FollowStep {
  const state = { ...noReplay, follow, ended: !follow, news: false, losses: 0 };
  return { state, action: follow ? { type: 'watch', pauseMs: 0 } : { type: 'readStored' } };
}

function read(before: FollowState, type: 'readStored' | 'readLive'): FollowStep {
  return { state: { ...before, ...restart(before), news: false }, action: { type } };
}

function reconnect(state: FollowState): FollowStep {
  // Where nothing is stored of a run that has ended, one connection has brought all that can be read.
  if (state.ended) return stop(state);
  return { state, action: { type: 'watch', pauseMs: reconnectDelay(state.losses) } };
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
      // The live log of a run that has ended may be there before the stored one is.
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
    case 'lost': {
      const { error, seconds } = event;
      const losses = state.news || seconds >= healthySeconds ? 1 : state.losses + 1;
      if (state.ended || losses < maxLosses) return reconnect({ ...state, losses });
      const message = `lost the live log ${losses} times in a row without new entries: ${error.message}`;
      return { state, action: { type: 'fail', message, cause: error } };
    }
  }
}
