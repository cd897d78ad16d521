/** What can be said about a fault besides the requests that it applies to. */
export interface FaultOptions {
  status?: number | undefined;
  body?: unknown | undefined;
  headers?: Record<string, string> | undefined;
  location?: string | undefined;
  /** Bytes of the body; a negative number counts from its end (not for `wrongLength`). */
  bytes?: number | undefined;
  seconds?: number | undefined;
  on?: 'request' | 'response' | undefined;
  when?: 'before' | 'during' | 'after' | undefined;
  content?: string | Uint8Array<ArrayBuffer> | undefined;
}

/** What is known about a request when its fault is looked up. */
export interface FaultyRequest {
  /** `service/Method` of an RPC. */
  rpc: string | undefined;
  verb: string;
  path: string;
  /** With the question mark; empty if there is none. */
  query: string;
  headers: Headers;
}

/** What a fault does to the body of a request. */
export interface BodyFault {
  /** How many bytes of it are stored. */
  limit: number;
  /** What comes after them. */
  next: 'cut' | 'silence' | 'answer' | 'stored';
  /** Which byte is changed. */
  flip: number;
}

/** Everything about one kind of fault: how it is described, what it takes, when it applies and what it does. */
export interface FaultRow {
  /** Under which heading `docs/faults.md` lists it. */
  group: 'the connection' | 'the answer' | 'upload sessions' | 'the content';
  /** What happens, with the options and their defaults; Markdown. */
  about: string;
  /** The options that mean something for it. */
  takes: readonly (keyof FaultOptions)[];
  /** How many requests it applies to unless `times` is given; default 1. */
  times?: number;
  /** Whether it could do anything to a request; default to all. It waits for one of those. */
  suits?(request: FaultyRequest): boolean;
  /** Runs before the request is handled; may wait, or throw to break the connection. */
  before?(fault: FaultOptions, request: Request): void | Promise<void>;
  /** The answer in place of the emulator's; before the request is handled, or afterwards if `when` says so. */
  answer?(fault: FaultOptions, request: Request): Response;
  /** What happens to the body of a request of `length` bytes. */
  body?(fault: FaultOptions, length: number): BodyFault | undefined;
  /** The status with which the upload session of the request answers from now on. */
  session?(fault: FaultOptions): number;
  /** What the downloaded file contains from now on. */
  content?(fault: FaultOptions, data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** What happens to the range that a download asks for. */
  range?: 'ignored' | 'unsatisfiable';
  /** Changes the emulator's answer, or throws to break the connection. */
  damage?(answer: Response, fault: FaultOptions, request: Request): Response | Promise<Response>;
}
