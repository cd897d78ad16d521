import { countRunning, type Slots, type SweepProgress } from './progress.ts';

/** How a sweep is run. */
export interface Settings {
  /** Maximum number of runs at the same time; `auto` for as many as the account has slots. */
  readonly concurrency: number | 'auto';
}

/** What to do next. */
export type SweepAction =
  /** Push an input. `unclear`: an earlier process, or a push whose response was lost, may have done it. */
  | { readonly type: 'start'; readonly index: number; readonly unclear: boolean }
  /** Look at these runs. */
  | { readonly type: 'look'; readonly indices: readonly number[] }
  /** Nothing to do for this many milliseconds. `why`: what it waits for. */
  | { readonly type: 'pause'; readonly ms: number; readonly why: 'runs' | 'slot' | 'quota' | 'retry' }
  /** All inputs have ended. */
  | { readonly type: 'done' }
  /** Nothing runs any more, and pushes do not succeed. */
  | { readonly type: 'fail'; readonly why: 'refused' | 'unreachable' };

/** Kaggle is not known to have a limit for TPUs, where runs wait in a queue. */
const mostByItself = 20;
/** Maximum number of requests for statuses at a time. */
const mostLooks = 20;
/** Refused pushes in a row after which the sweep ends: the others would probably be refused too. */
const mostRefused = 3;
/** Failed pushes in a row after which the sweep ends: about half an hour. */
const mostFailures = 10;

const minute = 60_000;
const week = 7 * 24 * 60 * minute;

/** Milliseconds until `at`; 0 if that is further away than it can be, because the system clock was changed. */
function remaining(at: number, now: number, longest: number): number {
  const ms = at - now;
  return ms > 0 && ms <= longest ? ms : 0;
}

/** Milliseconds until one more run may be tried; `Infinity` if a run has to end first. */
function slotIn({ ceiling, limit, probeAt }: Slots, running: number, { concurrency }: Settings, now: number): number {
  const most = concurrency === 'auto' ? mostByItself : concurrency;
  if (running >= most) return Number.POSITIVE_INFINITY;
  if (ceiling === undefined || running < ceiling) return 0;
  if (limit !== undefined && running >= limit) return Number.POSITIVE_INFINITY;
  return remaining(probeAt, now, 5 * minute);
}

/** The next action. */
export function decide(sweep: SweepProgress, settings: Settings, now: number): SweepAction {
  const { entries, starting, refused } = sweep;
  const running = countRunning(sweep);
  const todo = starting?.index ?? entries.findIndex(({ phase }) => phase === 'todo');
  if (todo < 0 && running === 0) {
    const none = refused.length > 0 && entries.every(({ version }) => version === 0);
    return none ? { type: 'fail', why: 'refused' } : { type: 'done' };
  }

  const look = running > 0 ? remaining(sweep.lookAt, now, 15 * minute) : Number.POSITIVE_INFINITY;
  if (look === 0) {
    const indices = entries.flatMap(({ phase }, index) => (phase === 'running' ? [index] : []));
    // Those that were not looked at for longest come first: looks move through the list.
    const from = indices.length > mostLooks ? (sweep.quiet * mostLooks) % indices.length : 0;
    return { type: 'look', indices: [...indices.slice(from), ...indices.slice(0, from)].slice(0, mostLooks) };
  }

  const isRefused = refused.length >= mostRefused;
  const quota = sweep.quota ? remaining(sweep.quota.retryAt, now, week + 60 * minute) : 0;
  const retry = remaining(sweep.retryAt, now, 15 * minute);
  const slot = slotIn(sweep.slots, running, settings, now);
  const start = todo < 0 || isRefused ? Number.POSITIVE_INFINITY : Math.max(quota, retry, slot);
  if (running === 0 && isRefused) return { type: 'fail', why: 'refused' };
  if (running === 0 && sweep.failures >= mostFailures) return { type: 'fail', why: 'unreachable' };
  if (start === 0) return { type: 'start', index: todo, unclear: starting?.unclear ?? false };

  const why =
    start === Number.POSITIVE_INFINITY ? 'runs' : start === quota ? 'quota' : start === retry ? 'retry' : 'slot';
  return { type: 'pause', ms: Math.min(look, start), why };
}
