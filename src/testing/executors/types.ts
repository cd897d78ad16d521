import type { StoredFile } from '../stored-file.ts';

/** A folder of input files of a run. */
export interface MountedInput {
  /** Path below `/kaggle/input`, such as `datasets/alice/sales-2024`. */
  mount: string;
  /** Files, named by their path below it. */
  files: readonly StoredFile[];
}

/** A run of a kernel, as passed to an executor. */
export interface Job {
  /** The source: a script, or the JSON of a notebook. */
  text: string;
  /** `python`, `r` or `rmarkdown`. */
  language: string;
  /** `script` or `notebook`. */
  kernelType: string;
  /** Datasets, and output files of other kernels. */
  inputs: readonly MountedInput[];
  /** Environment variables of the run, such as `KAGGLE_KERNEL_RUN_TYPE`. */
  env: Readonly<Record<string, string>>;
  /** Time limit in seconds. */
  timeout: number;
  /**
   * Aborted when the run is canceled or exceeds its time limit. Its `reason` is an `Error` with the failure message.
   */
  signal: AbortSignal;
  /** Must be called when the source starts to run, by an executor that `announcesStart`. */
  onStart(): void;
  /** Must be called when the kernel has ended and its files are being collected: a stopped run is not given up then. */
  onCollect?(): void;
  /** Must be called with each piece of output as it is written. */
  onOutput(stream: 'stdout' | 'stderr', data: string): void;
}

/** The result of a run. */
export interface JobResult {
  /** Why the run failed; absent if it succeeded. */
  failureMessage?: string;
  /** Output files: the content of `/kaggle/working`, also after a failure. */
  files: { name: string; data: Uint8Array<ArrayBuffer> }[];
}

/** Runs kernels for an emulator. */
export interface Executor {
  /**
   * Whether it calls `job.onStart`, from which the time limit then counts.
   * @default false: the time limit counts from the call of `run`
   */
  readonly announcesStart?: boolean;
  /** Runs a kernel. A rejection ends the run in ERROR with the message of the error. */
  run(job: Job): Promise<JobResult>;
  /** Stops everything that it keeps running. */
  close?(): Promise<void>;
}
