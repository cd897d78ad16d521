import type { StoredFile } from '../stored-file.ts';

/** What a kernel finds under /kaggle/input: a folder of files. */
export interface MountedInput {
  /** Path below /kaggle/input. */
  mount: string;
  files: readonly StoredFile[];
}

/** One run of a kernel. */
export interface Job {
  text: string;
  language: string;
  kernelType: string;
  inputs: readonly MountedInput[];
  /** Variables of the environment of the run, such as `KAGGLE_KERNEL_RUN_TYPE`. */
  env: Readonly<Record<string, string>>;
  /** Seconds after which the run is stopped. */
  timeout: number;
  /** Aborted when the run is cancelled or its time is over. */
  signal: AbortSignal;
  /** Called when the kernel's own text begins, by an executor that `announcesStart`. */
  onStart(): void;
  /** Called when the kernel has ended and its files are collected: a run that was stopped is waited for from then on. */
  onCollect?(): void;
  /** Called with each piece of output as it is written. */
  onOutput(stream: 'stdout' | 'stderr', data: string): void;
}

export interface JobResult {
  /** Absent when the kernel ran to its end. */
  failureMessage?: string;
  /** What is in /kaggle/working afterwards, also after a failure. */
  files: { name: string; data: Uint8Array<ArrayBuffer> }[];
}

/** Runs kernels. */
export interface Executor {
  /** Whether it calls `onStart`: the time limit counts from there. Otherwise it counts from the call of `run`. */
  readonly announcesStart?: boolean;
  run(job: Job): Promise<JobResult>;
  /** Ends what it keeps running. */
  close?(): Promise<void>;
}
