import type { KaggleClient } from '../../../core/rpc/client.ts';
import type { PollSchedule } from '../../../core/rpc/poll.ts';
import type { OnWarning } from '../../../core/warn.ts';
import type { StepBudget } from '../budget.ts';
import type { RecordStore } from '../records.ts';
import type { Stop } from '../stop.ts';
import type { JobIo, JobMemo, JobState } from '../types.ts';

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** What a step works with. */
export interface StepContext {
  /** The client of the step; see `clientOfStep`. */
  readonly client: KaggleClient;
  /** The next state. A step changes it; it counts when the step has returned. */
  readonly draft: Writable<JobState>;
  readonly memo: Writable<JobMemo>;
  readonly io: JobIo;
  readonly budget: StepBudget;
  readonly records: RecordStore;
  readonly stop: Stop;
  /** Aborts when the step is stopped, or by the caller. */
  readonly signal: AbortSignal;
  readonly schedule: PollSchedule;
  readonly onWarning: OnWarning | undefined;
}

/** Does the work of a step, and resolves to the pause before the next one in seconds; `undefined` for none. */
export type StepWork = (context: StepContext) => Promise<number | undefined>;
