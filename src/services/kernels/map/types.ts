import type { StateStore } from '../../../core/platform.ts';
import type { Progress } from '../../../core/progress.ts';
import type { PollSchedule } from '../../../core/rpc/poll.ts';
import type { Folder } from '../../../core/transfer/folder.ts';
import type { OnWarning } from '../../../core/warn.ts';
import type { CancelOnAbort } from '../cancel.ts';
import type { Job } from '../job/job.ts';
import type { FetchedFile } from '../output/output.ts';
import type { AcceleratorKind } from '../push/refusals.ts';
import type { PushRequest } from '../push/request.ts';
import type { SweepState } from './state.ts';

/** The kernel of a sweep: one request, whose `params` are the input, or a function that returns the request for an input. */
export type SweepRequest<Input> = PushRequest | ((input: Input, index: number) => PushRequest);

/** Options of `map` and `sweepStep`. */
export interface SweepOptions {
  /**
   * Name of the sweep, of 1 to 150 characters. A call with the key of an earlier one resumes its sweep.
   * @default a hash of the inputs and the request, code included: the same call resumes the same sweep
   */
  key?: string | undefined;
  /**
   * Maximum number of runs at the same time. `auto` learns from Kaggle's refusals how many sessions the account has free, up to
   * 20.
   * @default 'auto'
   */
  concurrency?: 'auto' | number | undefined;
  /**
   * Runs the inputs again that have failed or were canceled before this call.
   * @default false
   */
  retryFailed?: boolean | undefined;
  /** Receives what happens to the inputs. */
  onEvent?: ((event: MapEvent) => void) | undefined;
  /**
   * Receives warnings, for example about a retired machine.
   * @default the log of the platform (standard error, or the console)
   */
  onWarning?: OnWarning | undefined;
  /**
   * Pauses between two looks at the runs, in seconds.
   * @default from 1, growing to 30
   */
  schedule?: PollSchedule | undefined;
  /** Stops starting and watching runs; rejects with the signal's reason. Runs continue on Kaggle, and the next call resumes the sweep. */
  signal?: AbortSignal | undefined;
}

/** Options of `map`. */
export interface MapOptions extends SweepOptions, Pick<CancelOnAbort, 'cancelOnAbort' | 'onCancelError'> {
  /**
   * Folder for the output of the inputs: each gets a folder that is named by its index, from 0.
   * @default nothing is downloaded
   */
  output?: Folder | undefined;
  /**
   * What to do when the GPU or TPU quota of the week is used up. `stop` waits for the runs under way and then throws `QuotaError`,
   * `wait` waits until the quota is refilled.
   * @default 'stop'
   */
  onQuota?: 'stop' | 'wait' | undefined;
  /**
   * Where the state of the sweep is stored.
   * @default the state store of the platform
   */
  state?: StateStore | undefined;
  /** Receives the progress of downloads of output files. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Options of `sweepStep`. */
export interface SweepStepOptions extends SweepOptions {
  /** The state that the step before returned; `undefined` for the first step. */
  state?: SweepState | undefined;
  /**
   * Stores the state before an input is pushed. Without it a step ends where the state must be stored, and the next step takes
   * up to a minute longer, to look whether an attempt of it that was killed has already pushed the input.
   */
  save?: ((state: SweepState) => Promise<void>) | undefined;
}

/** What became of one input. */
export interface MapResult<Input> {
  /** Index of the input, from 0. */
  readonly index: number;
  /** The input, as it was passed. */
  readonly input: Input;
  /** The run; `undefined` if Kaggle refused to start it. */
  readonly job: Job | undefined;
  /**
   * Final status of the run: `COMPLETE`, `ERROR`, `CANCEL_ACKNOWLEDGED`, or `ENDED` if the run has output but its status is
   * unavailable. `NOT_STARTED` if Kaggle made no run of the pushed version within 15 minutes, `NOT_PUSHED` if it refused the push.
   */
  readonly status: string;
  /** Why the input failed, if that is known, at most 300 characters. */
  readonly failureMessage: string | undefined;
  /**
   * The output files, with `output`. Those that an earlier call has downloaded are `skipped`; in a `FolderSink` they are not
   * listed.
   */
  readonly files?: FetchedFile[];
}

/** How many inputs are where. */
export interface SweepCounts {
  /** Number of inputs. */
  readonly total: number;
  /** Inputs that have not been started. */
  readonly todo: number;
  /** Inputs whose runs have not ended. */
  readonly running: number;
  /** Inputs whose runs have completed. */
  readonly succeeded: number;
  /** Inputs whose runs have failed or were canceled, or could not be started. */
  readonly failed: number;
}

/** Something that happened in a sweep, and its counts afterwards. */
export type MapEvent = { readonly counts: SweepCounts } & (
  | { readonly type: 'started'; readonly index: number; readonly job: Job }
  | { readonly type: 'status'; readonly index: number; readonly job: Job; readonly status: string }
  | {
      readonly type: 'ended';
      readonly index: number;
      readonly job: Job | undefined;
      readonly status: string;
      readonly failureMessage: string | undefined;
    }
  /** No more inputs are started for now: there is no free slot or no quota, or pushes fail. */
  | { readonly type: 'waiting'; readonly for: 'slot' | 'quota' | 'retry'; readonly until: Date }
);

/** What a step returns. */
export interface SweepStep<Input> {
  /** For the next step: store it, as JSON. */
  readonly state: SweepState;
  /** Seconds until the next step is worthwhile. */
  readonly pause: number;
  /** Whether all inputs have ended. */
  readonly done: boolean;
  /** The inputs that ended in this step; all of them if the given state was that of a sweep that is done. */
  readonly results: readonly MapResult<Input>[];
  /** How many inputs are where after this step. */
  readonly counts: SweepCounts;
  /** Set while the quota is used up. `pause` then lasts until it is refilled, or until the next look at what still runs. */
  readonly quota: { readonly accelerator: AcceleratorKind; readonly refilled: Date | undefined } | undefined;
}

/** A sweep. It runs while it is iterated, and yields each input when it has ended; first those that ended in an earlier call. */
export interface Sweep<Input> extends AsyncIterable<MapResult<Input>> {
  /** Key of the sweep; `undefined` before the iteration if it is the default. */
  readonly key: string | undefined;
  /** Resolves to the results of all inputs, in the order of the inputs. */
  all(): Promise<MapResult<Input>[]>;
}
