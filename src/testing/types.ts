import type { ByteStore } from './byte-store.ts';
import type { ToldHashes } from './checksums.ts';
import type { Executor } from './executors/types.ts';
import type { Fault } from './faults/book.ts';
import type { Fixtures, UserFixture } from './fixtures/types.ts';
import type { StoredFile } from './stored-file.ts';

/** A user of the emulator. */
export interface EmulatorUser {
  username: string;
  userId: number;
  /** The API token (`KGAT_...`). */
  token: string;
  /** The key for HTTP Basic. */
  key?: string | undefined;
  /** What GenerateAccessToken takes for an access token; default none. */
  refreshToken?: string | undefined;
  /** Default true: without it no accelerator. */
  phoneVerified?: boolean | undefined;
  /** Seconds of GPU and TPU time left; default 30 hours and 20 hours. */
  gpuSecondsLeft?: number | undefined;
  tpuSecondsLeft?: number | undefined;
}

export interface EmulatorOptions {
  /**
   * The token defaults to `KGAT_<username>`, the id to a free one.
   * @default alice (token KGAT_test, userId 7, key alice-key) and bob (KGAT_bob, 8, bob-key)
   */
  users?: UserFixture[] | undefined;
  /** What runs kernels; default CPython in WebAssembly (`pyodideExecutor()`). */
  executor?: Executor | undefined;
  /**
   * Initial users, datasets and kernels, as data or, on Node, Deno and Bun, as the path of a folder (docs/emulator.md
   * has its layout).
   */
  fixtures?: Fixtures | string | URL | undefined;
  /** The path of a folder that keeps the state across restarts, on Node, Deno and Bun; default none. */
  data?: string | URL | undefined;
  faults?: Fault[] | undefined;
  /** Makes ids, tokens and signatures repeatable; default 1. */
  seed?: number | undefined;
  /** Milliseconds from a push to its run, and for which a new dataset version, or a new dataset, is not shown yet; default 200. */
  lag?: number | undefined;
  /** Milliseconds from the creation of a dataset version to READY; default 500. */
  processing?: number | undefined;
  /**
   * Where a run finds its inputs: `owner` (default) as Kaggle has them today, `/kaggle/input/datasets/<owner>/<slug>` and
   * `/kaggle/input/notebooks/<owner>/<slug>`; `legacy` at `/kaggle/input/<slug>`; `both`.
   */
  mounts?: 'owner' | 'both' | 'legacy' | undefined;
  /** Where signed addresses point; default `https://storage.kaggle-emulator.invalid`. */
  storageOrigin?: string | undefined;
  /** Origins whose pages may call the emulator; default none. */
  allowedOrigins?: string[] | undefined;
  /** Hosts (`name:port`) that requests may be addressed to; default any, as there is no socket. */
  allowedHosts?: string[] | undefined;
  /** How many kernels run at once; default 2. */
  concurrency?: number | undefined;
  /** How many of the last requests `state.requests` holds; default 10,000. */
  recorded?: number | undefined;
  /** Server-sent events need no charset; `false` leaves it out as some servers do. Default true. */
  charset?: boolean | undefined;
  /** Which checksums the storage tells, of downloads and in the last answer of an upload; default both. */
  hashes?: ToldHashes | undefined;
  /** Bytes a second that one download gets, as over a slow link; default no limit. */
  rate?: number | undefined;
  /** The clock, in milliseconds; default Date.now. */
  now?: (() => number) | undefined;
}

/** One upload, from StartBlobUpload to its use in a create call. */
export interface Upload {
  id: string;
  token: string;
  owner: string;
  type: string;
  name: string;
  /** Announced length; `undefined` when the request said none. */
  size: number | undefined;
  bytes: ByteStore;
  readonly received: number;
  done: boolean;
  used: boolean;
  /** The status with which a session that has expired answers. */
  expired: number | undefined;
  /** Counts the PUTs with data: what still arrives of an older one is dropped. */
  turn: number;
}

export interface DatasetVersion {
  number: number;
  notes: string;
  files: StoredFile[];
  created: number;
  readyAt: number;
}

export interface Dataset {
  id: number;
  owner: string;
  slug: string;
  title: string;
  subtitle: string;
  description: string;
  licenseName: string;
  isPrivate: boolean;
  keywords: string[];
  versions: DatasetVersion[];
}

export type RunStatus = 'QUEUED' | 'RUNNING' | 'COMPLETE' | 'ERROR' | 'CANCEL_REQUESTED' | 'CANCEL_ACKNOWLEDGED';

export interface LogLine {
  stream_name: 'stdout' | 'stderr';
  /** Seconds since the start of the run. */
  time: number;
  data: string;
}

/** One version of a kernel and its run. */
export interface KernelVersion {
  number: number;
  sessionId: number;
  /** SaveKernel's request as it came. */
  request: Record<string, unknown>;
  text: string;
  created: number;
  /** Whether there is a run of it: not of one that was only saved. */
  runs: boolean;
  /** When its run started and ended. */
  startedAt?: number;
  endedAt?: number;
  status: RunStatus;
  failureMessage?: string;
  log: LogLine[];
  files: StoredFile[];
  /** The machine that it runs on, by Kaggle's name; '' for a CPU. */
  shape: string;
  /** Its datasets, in the versions that were ready when it was pushed. */
  datasets: { source: string; number: number }[];
  abort: AbortController;
  /** Called at each new line and at the end. */
  listeners: Set<() => void>;
}

export interface Kernel {
  id: number;
  owner: string;
  slug: string;
  title: string;
  isPrivate: boolean;
  versions: KernelVersion[];
}

/** One request as the emulator saw it. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** Of an RPC. */
  service?: string;
  rpc?: string;
  body?: unknown;
}

export interface EmulatorState {
  /** When it was made. */
  began: number;
  users: EmulatorUser[];
  /** Access tokens that were generated, with the time in milliseconds when each expires. */
  tokens: Map<string, { username: string; refreshToken: string; expires: number }>;
  uploads: Map<string, Upload>;
  datasets: Map<string, Dataset>;
  /** Names (`owner/slug`) of datasets that were deleted: they stay taken. */
  deletedDatasets: Set<string>;
  kernels: Map<string, Kernel>;
  /** Revoked refresh tokens. */
  revoked: Set<string>;
  /** Fixtures that have been added, such as `datasets/alice/sales`: deleted ones are not added again. */
  filled: Set<string>;
  /** The last port of the storage, which is part of the addresses of upload sessions. */
  storagePort: number | undefined;
  /** Signed addresses that were given out, by signature. */
  links: Map<string, { file: StoredFile; expires: number }>;
  requests: RecordedRequest[];
}
