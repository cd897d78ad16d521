/**
 * Following a log as a pure function: (state, event) -> (state, action). Kaggle cuts a live log every few minutes and
 * sends it from the start on each connection; when the run has ended, its log is stored. See logs.ts for the effects.
 */
import type { LogEntry } from './entry.ts';
import type { LiveEvent } from './live.ts';
import { noReplay, type Replay, restart, takeNew } from './replay.ts';

export interface FollowState {
  /** What was shown, and how much of it came again. */
  readonly replay: Replay;
  readonly source: 'live' | 'stored';
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
  /** Read the log from its start, or go on reading it. */
  | { readonly type: 'read'; readonly source: 'live' | 'stored' }
  | { readonly type: 'stop' }
  | { readonly type: 'fail'; readonly message: string; readonly cause: Error };

export interface FollowStep {
  readonly state: FollowState;
  readonly action: FollowAction;
  /** What is to be shown of the event's entry. */
  readonly show?: LogEntry | undefined;
}

/** How many connections in a row may bring nothing new before the log is given up. */
const maxLosses = 6;
/** A connection that lasted this long (seconds) was a good one, even if the kernel had nothing to say. */
const healthySeconds = 30;

/** Pause before connection number `losses` + 1 after that many without news, in milliseconds: 1 s, growing to 15. */
function reconnectDelay(losses: number): number {
  return Math.min(15_000, 1000 * 1.7 ** (losses - 1));
}

export function startFollowing(): FollowStep {
  const state: FollowState = { replay: noReplay, source: 'live', ended: false, news: false, losses: 0 };
  return { state, action: { type: 'watch', pauseMs: 0 } };
}

function read(before: FollowState, source: FollowState['source']): FollowStep {
  const state = { ...before, source, replay: restart(before.replay), news: false };
  return { state, action: { type: 'read', source } };
}

function reconnect(before: FollowState, losses: number): FollowStep {
  const state = { ...before, losses };
  // Where nothing is stored of a run that has ended, one connection has brought all that can be read.
  return before.ended ? stop(state) : { state, action: { type: 'watch', pauseMs: reconnectDelay(losses) } };
}

function stop(state: FollowState): FollowStep {
  return { state, action: { type: 'stop' } };
}

/** What to do, and what to show, after `event`. */
export function transition(state: FollowState, event: FollowEvent): FollowStep {
  switch (event.type) {
    case 'status':
      return read({ ...state, ended: event.ended }, event.ended ? 'stored' : 'live');
    case 'entry': {
      const { replay, fresh } = takeNew(state.replay, event.entry);
      const { source, news } = state;
      return {
        state: { ...state, replay, news: news || fresh !== undefined },
        action: { type: 'read', source },
        show: fresh,
      };
    }
    case 'complete':
      return stop(state);
    case 'missing':
      // The live log of a run that has ended may be there before the stored one is.
      return read(state, 'live');
    case 'snapshot':
      return reconnect(state, 1);
    case 'lost': {
      const news = state.news || event.seconds >= healthySeconds;
      const losses = news ? 1 : state.losses + 1;
      if (state.ended || losses < maxLosses) return reconnect(state, losses);
      const message = `the log was lost ${losses} times in a row without news (${event.error.message})`;
      return { state, action: { type: 'fail', message, cause: event.error } };
    }
  }
}
