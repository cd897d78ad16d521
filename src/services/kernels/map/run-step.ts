import type { KaggleClient } from '../../../core/rpc/client.ts';
import { type PollSchedule, pollDelay } from '../../../core/rpc/poll.ts';
import type { OnWarning } from '../../../core/warn.ts';
import type { PushRequest } from '../push/request.ts';
import { advance } from './advance.ts';
import { decide, type Settings, type SweepAction } from './decide.ts';
import { keyOf } from './keys.ts';
import { lookAt } from './look.ts';
import type { SweepProgress } from './progress.ts';
import { startInput } from './start-input.ts';

/** What the steps of a sweep need. */
export interface SweepWork {
  readonly client: KaggleClient;
  readonly key: string;
  readonly request: (index: number) => PushRequest;
  readonly settings: Settings;
  readonly schedule: PollSchedule | undefined;
  readonly signal: AbortSignal;
  readonly settle: boolean;
  readonly onWarning: OnWarning | undefined;
  /** Stores the sweep before a push. Without it, a step ends before a push, and the next one makes it. */
  readonly save: ((sweep: SweepProgress) => Promise<void>) | undefined;
}

async function look(work: SweepWork, sweep: SweepProgress, indices: readonly number[]): Promise<SweepProgress> {
  const { client, schedule, signal } = work;
  const { clock } = client;
  const looks = await Promise.all(
    indices.map((index) => lookAt(client, sweep.ref, index, sweep.entries[index]!, signal)),
  );
  return advance(
    sweep,
    { type: 'looked', looks, pause: pollDelay(sweep.quiet + 1, schedule, clock.random) },
    clock.now(),
  );
}

/** Makes a push. `cause` is the error, if it failed. */
async function start(
  work: SweepWork,
  before: SweepProgress,
  index: number,
): Promise<{ sweep: SweepProgress; cause?: unknown }> {
  const { client, key, save } = work;
  const now = () => client.clock.now();
  let sweep = advance(before, { type: 'planned', index }, now());
  // The caller stores the sweep, and calls again.
  if (!save && !before.starting) return { sweep };
  const { before: version, unclear } = sweep.starting!;
  // Only what is stored right before a push tells when it was sent.
  const { at } = (save ? before : sweep).starting ?? {};
  const push = {
    key: keyOf(key, index, sweep.entries[index]!.attempt),
    before: version,
    sentAt: unclear ? at : undefined,
  };
  let sent = false;
  const beforeSave = async () => {
    sweep = advance(sweep, { type: 'planned', index }, now());
    await save?.(sweep);
    sent = true;
  };
  const { event, error } = await startInput(client, work.request(index), push, { ...work, beforeSave });
  const after = event.type === 'lost' ? { ...event, sent: sent && event.sent } : event;
  return { sweep: advance(sweep, after, now()), cause: error };
}

/** What a step leaves: the sweep, what to do next, and why the last push failed. */
export interface StepEnd {
  readonly sweep: SweepProgress;
  readonly next: SweepAction;
  readonly cause: unknown;
}

/** One step: looks at the runs if that is due, or pushes an input. */
export async function runStep(work: SweepWork, given: SweepProgress): Promise<StepEnd> {
  const { client, settings, signal } = work;
  const decideNow = (sweep: SweepProgress) => decide(sweep, settings, client.clock.now());
  signal.throwIfAborted();
  const action = decideNow(given);
  if (action.type === 'look') {
    const sweep = await look(work, given, action.indices);
    return { sweep, next: decideNow(sweep), cause: undefined };
  }
  if (action.type !== 'start') return { sweep: given, next: action, cause: undefined };
  const { sweep, cause } = await start(work, given, action.index);
  return { sweep, next: decideNow(sweep), cause };
}
