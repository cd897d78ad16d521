import type { ClientOptions, KaggleClient } from 'kaggle-ts';
import type * as datasets from 'kaggle-ts/datasets';
import type * as kernels from 'kaggle-ts/kernels';
import type { RuntimeName } from '../runtimes/names.ts';
import type { Control } from './control.ts';
import type { Transport } from './transports.ts';

/** What `datasets.createOrVersion` takes as one of its files. */
export type FileInput = Parameters<typeof datasets.createOrVersion>[1]['files'][number];
/** What downloads take as the folder to write to. */
export type Folder = Parameters<typeof kernels.output>[2];

/** A place to download to: a folder on disk, a prefix of an R2 bucket, a folder of OPFS. */
export interface Place {
  readonly target: Folder;
  /** Names of all files there, sorted, with `/` between folders. */
  list(): Promise<string[]>;
  /** The bytes of one of them. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** How a runtime keeps files. */
export interface Files {
  /** Puts files where the runtime has its own (disk, R2, OPFS); what it gives is passed to a verb as `files`. */
  place(files: Record<string, string | Uint8Array<ArrayBuffer>>): Promise<FileInput[]>;
  /** A new, empty place to download to. */
  open(): Promise<Place>;
}

/** What a case is given. */
export interface Context {
  readonly runtime: RuntimeName;
  /** What the requests to the three origins go over. */
  readonly over: Transport;
  /** The name that the platform of the client has here unless told otherwise. */
  readonly platformName: string;
  /** A client of the emulator, with a valid token unless `options` says otherwise (`token: undefined` for none). */
  createClient(options?: ClientOptions): KaggleClient;
  readonly apiUrl: string;
  readonly storageUrl: string;
  /** A third origin that has nothing to do with Kaggle: what reaches it must hold no credential. */
  readonly otherUrl: string;
  /** The third origin over TLS, with a certificate that nobody vouches for; not over plain HTTP. */
  readonly untrustedUrl?: string;
  /** A proxy (`kaggle-ts/proxy`) in front of the emulator; for pages over TLS, where every byte is recorded. */
  readonly proxyUrl: string;
  readonly token: string;
  /** The user that the token stands for. */
  readonly user: string;
  readonly control: Control;
  readonly files: Files;
  /** A name that no other case uses, for datasets and kernels. */
  unique(prefix: string): string;
}

/** May resolve to something to be told with the result. */
export type CaseFunction = (context: Context) => Promise<void> | Promise<Facts>;

export type Facts = Record<string, string | number>;

/** Thrown by a case that has something to tell beside that it failed. */
export class CaseError extends Error {
  override readonly name: string = 'CaseError';
  readonly facts: Facts;

  constructor(message: string, facts: Facts, cause?: unknown) {
    super(message, { cause });
    this.facts = facts;
  }
}

export interface Case {
  run: CaseFunction;
  /** Runtimes where the case means nothing, each with the reason that the matrix prints. */
  na?: Partial<Record<RuntimeName, string>> | undefined;
  /** The transports that it is about; default all. */
  only?: readonly Transport[];
}

/** Cases by name. */
export type Cases = Readonly<Record<string, CaseFunction | Case>>;

export interface CaseResult {
  over: Transport;
  group: string;
  name: string;
  ok: boolean;
  ms: number;
  error?: string;
  /** Why the case does not apply; then it was not run. */
  na?: string | undefined;
  facts?: Facts | undefined;
}
