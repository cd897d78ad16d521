/** Options of faults. `FaultKind` lists which kind takes which, and their default values. */
export interface FaultOptions {
  /** HTTP status of the response, 200 to 599. */
  status?: number | undefined;
  /** Body of the response: a string is sent unchanged, any other value as JSON. */
  body?: unknown | undefined;
  /** Further headers of the response. */
  headers?: Record<string, string> | undefined;
  /** Target of a redirect. */
  location?: string | undefined;
  /** Position in the body, or number of bytes. A negative number counts from the end, except for `wrongLength`. */
  bytes?: number | undefined;
  /** Duration in seconds. */
  seconds?: number | undefined;
  /**
   * Which body the fault affects.
   * @default 'response'
   */
  on?: 'request' | 'response' | undefined;
  /**
   * When the fault replaces the response: before the request is handled, after a part of its body has been stored, or
   * after it has been handled.
   * @default 'before'
   */
  when?: 'before' | 'during' | 'after' | undefined;
  /** New content of the file. */
  content?: string | Uint8Array<ArrayBuffer> | undefined;
}

/** The properties of a request by which its fault is found. */
export interface FaultyRequest {
  /** `service/Method` of an API call. */
  rpc: string | undefined;
  verb: string;
  path: string;
  /** With the question mark; empty if the URL has no query. */
  query: string;
  headers: Headers;
}

/** The effect of a fault on the body of a request. */
export interface BodyFault {
  /** Number of bytes that are stored. */
  limit: number;
  /** What happens after them: the connection breaks, stalls, the fault responds, or the emulator does. */
  next: 'cut' | 'silence' | 'answer' | 'stored';
  /** Index of the byte that is inverted; -1 for none. */
  flip: number;
}

/** One kind of fault: its description, its options, the requests that it applies to, and its effect. */
export interface FaultRow {
  /** Group in `docs/faults.md`. */
  group: 'the connection' | 'the response' | 'upload sessions' | 'the content';
  /** Markdown: what the fault does, with its options and their default values in parentheses. */
  about: string;
  /** Options that the kind takes. */
  takes: readonly (keyof FaultOptions)[];
  /** Default of `times`, if not 1. */
  times?: number;
  /** Whether it can affect a request; by default, it can affect all. */
  suits?(request: FaultyRequest): boolean;
  /** Runs before the request is handled. May wait, or throw to break the connection. */
  before?(fault: FaultOptions, request: Request): void | Promise<void>;
  /** Creates the response that replaces the emulator's. */
  answer?(fault: FaultOptions, request: Request): Response;
  /** Returns the effect on a request body of `length` bytes. */
  body?(fault: FaultOptions, length: number): BodyFault | undefined;
  /** Returns the status with which the upload session of the request responds from now on. */
  session?(fault: FaultOptions): number;
  /** Returns the content of the downloaded file from now on. */
  content?(fault: FaultOptions, data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** How the Range header of a download is treated. */
  range?: 'ignored' | 'unsatisfiable';
  /** Changes the response of the emulator, or throws to break the connection. */
  damage?(answer: Response, fault: FaultOptions, request: Request): Response | Promise<Response>;
}
