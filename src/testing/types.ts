import type { ByteStore } from './byte-store.ts';
import type { StoredFile } from './stored-file.ts';

/** A user account of the emulator. */
export interface EmulatorUser {
  username: string;
  /** Numeric id, unique in the emulator. */
  userId: number;
  /** API token, sent as a bearer token: `KGAT_...`. */
  token: string;
  /**
   * Legacy API key, sent by HTTP Basic authentication.
   * @default none: Basic authentication fails
   */
  key?: string | undefined;
  /**
   * Refresh token that `GenerateAccessToken` accepts.
   * @default none
   */
  refreshToken?: string | undefined;
  /**
   * Whether the account is verified by phone. Without it, kernels can use neither accelerators nor the internet.
   * @default true
   */
  phoneVerified?: boolean | undefined;
  /**
   * Maximum number of concurrent sessions without an accelerator.
   * @default 5
   */
  cpuSessions?: number | undefined;
  /**
   * Maximum number of concurrent sessions with a GPU.
   * @default 2
   */
  gpuSessions?: number | undefined;
  /**
   * Seconds of GPU time left in the week in which the emulator was created.
   * @default 108000 (30 hours)
   */
  gpuSecondsLeft?: number | undefined;
  /**
   * Seconds of TPU time left in the week in which the emulator was created.
   * @default 72000 (20 hours)
   */
  tpuSecondsLeft?: number | undefined;
}

/** An upload session, from `StartBlobUpload` to the dataset version that uses its file. */
export interface Upload {
  /** Id of the session, part of its URL. */
  id: string;
  /** Upload token, by which a create call refers to the file. */
  token: string;
  /** User name. */
  owner: string;
  /** Blob type, such as `DATASET`. */
  type: string;
  /** File name. */
  name: string;
  /** Announced length in bytes; `undefined` if the request did not say it. */
  size: number | undefined;
  /** The bytes received so far. */
  bytes: ByteStore;
  /** Number of bytes received so far. */
  readonly received: number;
  /** Whether all bytes have been received and the file is complete. */
  done: boolean;
  /** Whether a dataset version uses the file; a token can be used only once. */
  used: boolean;
  /** HTTP status of all further responses if the session has expired. */
  expired: number | undefined;
  /** Number of PUT requests with data: the rest of an older one is dropped. */
  turn: number;
}

/** A version of a dataset. */
export interface DatasetVersion {
  /** Version number, from 1. */
  number: number;
  /** Version notes. */
  notes: string;
  /** Files after unpacking, by path. */
  files: StoredFile[];
  /** Creation time in milliseconds since 1970. */
  created: number;
  /** Time in milliseconds since 1970 from which its status is READY. */
  readyAt: number;
}

/** A dataset. */
export interface Dataset {
  id: number;
  /** User name. */
  owner: string;
  slug: string;
  title: string;
  /** Short description. */
  subtitle: string;
  /** Text of the page, in Markdown. */
  description: string;
  /** Kaggle's name of the license, such as `CC0-1.0`. */
  licenseName: string;
  isPrivate: boolean;
  /** Tags. */
  keywords: string[];
  /** All versions, oldest first. */
  versions: DatasetVersion[];
}

/** Status of a run, as the API names it. */
export type RunStatus = 'QUEUED' | 'RUNNING' | 'COMPLETE' | 'ERROR' | 'CANCEL_REQUESTED' | 'CANCEL_ACKNOWLEDGED';

/** A piece of output in the log of a run, in the form of Kaggle's logs. */
export interface LogLine {
  /** Standard output or standard error. */
  stream_name: 'stdout' | 'stderr';
  /** Seconds since the start of the run. */
  time: number;
  /** The text, with its line break if it has one. */
  data: string;
}

/** A version of a kernel, with its run. */
export interface KernelVersion {
  /** Version number, from 1. */
  number: number;
  /** Session id, which `CancelKernelSession` takes. */
  sessionId: number;
  /** The body of the `SaveKernel` request. */
  request: Record<string, unknown>;
  /** The source: a script, or the JSON of a notebook. */
  text: string;
  /** Creation time in milliseconds since 1970. */
  created: number;
  /** Whether the version is run; false if it was only saved (`QUICK_SAVE`). */
  runs: boolean;
  /** Whether the run stays queued until it is canceled, as if no machine were free. */
  held?: boolean | undefined;
  /** Start of the run, in milliseconds since 1970. */
  startedAt?: number;
  /** End of the run, in milliseconds since 1970. */
  endedAt?: number;
  status: RunStatus;
  /** Reason of the status ERROR. */
  failureMessage?: string;
  /** Log so far. */
  log: LogLine[];
  /** Output files, set when the run ends. */
  files: StoredFile[];
  /** Machine shape by Kaggle's name, such as `NvidiaTeslaT4`; empty for a CPU. */
  shape: string;
  /** Attached datasets, in the versions that were READY when the kernel was pushed. */
  datasets: { source: string; number: number }[];
  /** Stops the run. */
  abort: AbortController;
  /** Functions that are called after each log line and each change of status. */
  listeners: Set<() => void>;
}

/** A kernel: a script or a notebook. */
export interface Kernel {
  id: number;
  /** User name. */
  owner: string;
  slug: string;
  title: string;
  isPrivate: boolean;
  /** All versions, oldest first. */
  versions: KernelVersion[];
}

/** A request that the emulator received. */
export interface RecordedRequest {
  /** HTTP method. */
  method: string;
  /** Path without the query. */
  path: string;
  headers: Record<string, string>;
  /** Service of an API call, such as `kernels.KernelsApiService`. */
  service?: string;
  /** Method of an API call, such as `SaveKernel`. */
  rpc?: string;
  /** Body of an API call. The oldest bodies are dropped when they exceed 64 MiB together. */
  body?: unknown;
}

/** The state of an emulator. It can be read and changed at any time. */
export interface EmulatorState {
  /** Creation time of the emulator in milliseconds since 1970. */
  began: number;
  /** Accounts, in the order in which they were added. */
  users: EmulatorUser[];
  /** Access tokens from `GenerateAccessToken`; `expires` is in milliseconds since 1970. */
  tokens: Map<string, { username: string; refreshToken: string; expires: number }>;
  /** Upload sessions by id. */
  uploads: Map<string, Upload>;
  /** Datasets by `owner/slug` in lower case. */
  datasets: Map<string, Dataset>;
  /** Deleted datasets as `owner/slug` in lower case: their names cannot be used again. */
  deletedDatasets: Set<string>;
  /** Kernels by `owner/slug` in lower case. */
  kernels: Map<string, Kernel>;
  /** Revoked refresh tokens. */
  revoked: Set<string>;
  /** Fixtures that have been added, such as `datasets/alice/sales-2024`: they are not added again after a deletion. */
  addedFixtures: Set<string>;
  /** Port of the storage at the last start, which is part of the URLs of upload sessions. */
  storagePort: number | undefined;
  /** Download URLs by their secret; `expires` is in milliseconds since 1970. */
  links: Map<string, { file: StoredFile; expires: number }>;
  /** The last requests, oldest first. */
  requests: RecordedRequest[];
}
