import type { PartTarget } from '../../core/part-target.ts';
import type { ByteSource } from '../../core/platform.ts';
import type { PollSchedule } from '../../core/rpc/poll.ts';
import type { OnWarning } from '../../core/warn.ts';
import type { DatasetFileDetails, NewDataset, NewVersion } from '../datasets/index.ts';
import type { PushRequest } from '../kernels/index.ts';

/** The dataset of a job: what `datasets.createOrVersion` takes, with names in place of files. */
export interface JobDataset extends NewDataset, NewVersion {
  /** User or organization that owns the dataset. */
  readonly owner: string;
  /** 6 to 50 characters: `a-z`, `0-9` and `-`. */
  readonly slug: string;
  /** Names of the files, with `/` between folders. `JobIo.source` opens each. */
  readonly files: readonly string[];
  /** Descriptions and columns, by the name of the file. */
  readonly fileDetails?: Readonly<Record<string, DatasetFileDetails>> | undefined;
  /** Short description of 20 to 80 characters. */
  readonly subtitle?: string | undefined;
  /** Text of the dataset's page, in Markdown. */
  readonly description?: string | undefined;
  /** Tags. */
  readonly keywords?: readonly string[] | undefined;
}

/** The kernel of a job: what `kernels.push` takes. The code is a text, because the plan is JSON. */
export type JobKernel = Omit<PushRequest, 'folder' | 'entry'>;

/** What a job does. Only JSON, so that it can be stored in any place and read by any process. */
export interface JobPlan {
  /** Dataset to upload first. The kernel gets it as a data source. @default none */
  readonly dataset?: JobDataset | undefined;
  /** Kernel to run. */
  readonly kernel: JobKernel;
  /**
   * Which output files to download to `JobIo.target`: all, none, or those that match a glob such as `*.csv`.
   * @default false
   */
  readonly output?: boolean | string | undefined;
}

/**
 * What the next step does:
 * - `prepare`: opens the files of the dataset and records their sizes
 * - `upload`: uploads the files, part by part
 * - `version`: creates the dataset or a version of it
 * - `ready`: checks whether Kaggle has processed the version
 * - `push`: pushes the kernel
 * - `running`: checks whether the run has ended
 * - `fetch`: downloads the output, part by part
 * - `done` and `failed`: nothing; the job has ended
 */
export type JobStep = 'prepare' | 'upload' | 'version' | 'ready' | 'push' | 'running' | 'fetch' | 'done' | 'failed';

/** A file of the dataset, as `prepare` found it. */
export interface JobFile {
  /** Path in the dataset, with `/` between folders. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970; absent if the source does not say. */
  readonly modified?: number;
  /** Identity of the content; absent if the source has none. A different one in a later step means that the file changed. */
  readonly identity?: string;
}

/** An output file. */
export interface JobOutput {
  /** Path relative to `/kaggle/working`. */
  readonly name: string;
  /** Bytes; absent until the download of the file starts. */
  readonly size?: number;
  /** Bytes that were written. */
  readonly written: number;
  /** Whether the file is complete. */
  readonly done: boolean;
}

/**
 * A job between two steps: JSON without secrets. Store it after each step, and pass it to the next one unchanged. Read `step`,
 * `dataset`, `run`, `status`, `outputs`, `problem` and `error`; the other members belong to the steps.
 */
export interface JobState {
  /** Version of this format. */
  readonly format: number;
  /** Random id of the job. */
  readonly id: string;
  /** What the next step does. */
  readonly step: JobStep;
  /** The plan that was passed to `beginJob`. */
  readonly plan: JobPlan;
  /** The version that was created. */
  readonly dataset?: { readonly ref: string; readonly versionNumber?: number; readonly url: string };
  /** The run. `id` is a job id, which `kernels.attach` takes. */
  readonly run?: { readonly id: string; readonly ref: string; readonly versionNumber: number; readonly url: string };
  /** Last known status of the run, such as `RUNNING`. */
  readonly status?: string;
  /** The output files, once they are known. */
  readonly outputs?: readonly JobOutput[];
  /** Why the last step could not do its work and will be repeated. */
  readonly problem?: string;
  /** Milliseconds since 1970 before which the next step does nothing. */
  readonly wake?: number;
  /** Why the job failed. */
  readonly error?: { readonly name: string; readonly message: string; readonly logTail?: string };
  /** What the steps record for each other. */
  readonly memo?: JobMemo;
  /** Checksum of the state. */
  readonly check?: string;
}

/** What the steps record for each other. */
export interface JobMemo {
  /** User that the credential belongs to. */
  readonly account?: string;
  /** Identifies the credential without revealing it. */
  readonly credential?: string;
  /** The files of the dataset. */
  readonly files?: readonly JobFile[];
  /** The records of an upload, by their keys; those with secrets are sealed. */
  readonly records?: Readonly<Record<string, unknown>>;
  /** Waits in the current step so far. */
  readonly waits?: number;
  /** Failures in a row. */
  readonly failures?: number;
  /** Milliseconds since 1970 of the first of them. */
  readonly failing?: number;
  /** How often the current step ended to announce a request. */
  readonly announced?: number;
  /** How often the target lost a file. */
  readonly restarts?: number;
  /** Milliseconds since 1970 at which the current step was reached. */
  readonly since?: number;
  /** Marker in the notes of a version whose number is not known yet. */
  readonly marker?: string;
  /** The output file that is being downloaded. */
  readonly current?: {
    readonly index: number;
    readonly identity: string;
    readonly crc32c: number;
    readonly kept?: unknown;
  };
}

/** Where a job reads and writes files. Not part of the state: pass the same in each step. */
export interface JobIo {
  /**
   * Opens a file of the dataset by its name, or the path of a folder that contains them. It must be readable any number of times,
   * so not a stream.
   */
  readonly source?: string | ((name: string) => ByteSource | Promise<ByteSource>) | undefined;
  /** Where the output goes: a `PartTarget` such as `r2Target`, or the path of a folder. */
  readonly target?: string | PartTarget | undefined;
}

/** Options of `advanceJob`. */
export interface AdvanceOptions {
  /**
   * Maximum number of bytes that a step uploads or downloads. The last part can exceed it.
   * @default 33554432
   */
  readonly bytes?: number | undefined;
  /**
   * Number of requests after which a step stops to upload or download. Requests to finish what it has begun are still made: a
   * step makes at most about 15 more.
   * @default 30
   */
  readonly requests?: number | undefined;
  /**
   * Pauses between two checks of the run, in seconds.
   * @default { first: 5, longest: 120, factor: 1.3 }
   */
  readonly schedule?: PollSchedule | undefined;
  /**
   * Secret from which the key is derived that seals upload sessions: random, the same in each step.
   * @default the API token of the client
   */
  readonly secret?: string | undefined;
  /**
   * Stores the state in the middle of a step, before a request that must not be made twice: the creation of a version, and the push.
   * Resolve when it is stored; after a rejection, the step ends before the request.
   * @default none: the step ends there. The next one searches for up to 20 seconds whether an earlier attempt of it has made the request.
   */
  readonly save?: ((state: JobState) => Promise<unknown>) | undefined;
  /**
   * Cancels the job in place of its next step: it ends as `failed` with the error `CanceledError`. A run is canceled first, which can
   * take several steps, so pass it until the job has ended.
   * @default false
   */
  readonly cancel?: boolean | undefined;
  /** Aborts the step, which rejects with the reason. Repeat it with the state that it was given. */
  readonly signal?: AbortSignal | undefined;
  /** Receives warnings. @default the log of the platform */
  readonly onWarning?: OnWarning | undefined;
}

/** The result of a step. */
export interface JobTurn {
  /** Store it before the next step. */
  readonly state: JobState;
  /** Seconds to wait before the next step; 0 for none. */
  readonly pause: number;
  /** Whether the job has ended: `state.step` is `done` or `failed`. */
  readonly done: boolean;
}
