/** Bytes that can be read more than once: what an upload reads from. */
export interface ByteSource {
  /** Base name, if the source has one of its own. */
  readonly name?: string;
  /** Length in bytes, fixed when the source is opened. */
  readonly size: number;
  /** Modification time, if known. */
  readonly lastModified?: Date;
  /** A stream of the bytes from `start` (inclusive) to `end` (exclusive). Each call starts a fresh read. */
  slice(start: number, end: number): ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>;
  /**
   * Fills `buffer` from byte `position` on and resolves to the number of bytes read, 0 at the end: what an upload with flat
   * memory reads with, as it uses its buffers again. The buffer may be one of shared memory.
   */
  read?(buffer: Uint8Array, position: number): Promise<number>;
  /** A text that differs when the content may have changed since the source was opened (size, mtime, inode, etag). */
  identity?(): Promise<string>;
  /**
   * What names the place of the content from one process to the next: an absolute path, a bucket and its key. Without
   * it an upload cannot be resumed by another process.
   */
  readonly key?: string;
  /** The bytes from `start` to `end` as a Blob that `fetch` sends without holding them in memory. */
  blob?(start: number, end: number): Blob;
  /** Releases what `open` took. Called once, after the last read. */
  close?(): Promise<void>;
}

/** A place to write bytes to. Nothing is visible under the final name before `commit`. */
export interface ByteSink {
  /** `true` where writes may come in any order, several at once, and `data` is free again when a write has ended. */
  readonly positional?: boolean;
  /** Writes `data` at the byte offset `position`. */
  write(data: Uint8Array, position: number): Promise<void>;
  /** Makes the content visible under its final name, in one step where the platform can. */
  commit(options?: { lastModified?: Date }): Promise<void>;
  /** Throws the content away. Never fails because there is nothing to throw away. */
  abort(reason?: unknown): Promise<void>;
}

/**
 * A sink that outlives its process: until `commit` or `abort` the bytes lie beside the final name, with a note (JSON)
 * on what of them can be trusted. Only one process at a time has it.
 */
export interface PartialSink extends ByteSink {
  readonly positional: true;
  /** What an earlier process left behind; `undefined` for a fresh start. */
  readonly saved: { readonly note: unknown; readonly size: number } | undefined;
  /** Reads back what was written. */
  read(start: number, end: number): ReadableStream<Uint8Array>;
  /** Keeps `note`, in one step, in place of the one before. Call it after the writes that it speaks of. */
  note(value: unknown): Promise<void>;
  /** Throws all bytes and the note away, to start over at byte 0. */
  restart(): Promise<void>;
  /** Closes it and keeps what is written: a later `partial` for the same path resumes here. */
  leave(): Promise<void>;
}

/** One entry of a folder. */
export interface FileEntry {
  /** Path relative to the walked folder, with `/` on every platform. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'other';
  /** Of a link that a walk does not follow: whether a folder is at its end, or nothing. */
  readonly link?: 'directory' | 'missing';
  /** Bytes; 0 for a directory. */
  readonly size: number;
  readonly lastModified: Date;
}

/** Files by path. Paths are the platform's own (`/` in browsers, Workers and memory). */
export interface FileSystem {
  /** Opens a file for reading. Throws `TransferError` (missing, unreadable, a directory), naming the path. */
  source(path: string): Promise<ByteSource>;
  /** Opens a file for writing, making the folders above it. The content appears at `path` on `commit`. */
  sink(path: string): Promise<ByteSink>;
  /**
   * As `sink`, but what was written can be taken up by a later process. While another process is at work on the same
   * path, it resolves to a sink that starts fresh and stays apart from the other's.
   */
  partial?(path: string): Promise<PartialSink>;
  /** `undefined` when nothing is there. Follows links. `path` of the result is the argument. */
  stat(path: string): Promise<FileEntry | undefined>;
  /** All files below a folder, depth first, sorted by path; links are followed for files only. */
  walk(path: string): AsyncIterable<FileEntry>;
  /** The whole of a small text file, or `undefined` when it is not there. */
  readText(path: string): Promise<string | undefined>;
  mkdir(path: string): Promise<void>;
  /** Removes a file or a folder with all that is in it; nothing there is fine. */
  remove(path: string): Promise<void>;
  join(...parts: string[]): string;
}

/** A place for many files: what a download of several files writes to, where it is not a path. */
export interface FolderSink {
  /** Opens a file below the folder; `path` uses `/` and was checked to stay inside. */
  sink(path: string): Promise<ByteSink>;
}

/** Small JSON values by key: what lets a transfer resume after a crash. */
export interface StateStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Takes `key` for the caller alone, across processes where the store is shared by several; resolves to what
   * releases it, or to `undefined` while another has it. One that died does not have it. A store without `claim` cannot tell.
   */
  claim?(key: string): Promise<(() => Promise<void>) | undefined>;
  /**
   * Adds `value` to the list at `key`, where that costs less than a key for each value. What is added while a process is
   * killed is there as a whole or not at all. A key has a value or a list; `delete` removes either.
   */
  append?(key: string, value: unknown): Promise<void>;
  /** The list at `key`, in the order in which it was made. A store has both, `append` and `list`, or neither. */
  list?(key: string): Promise<unknown[]>;
}

/** A PUT whose body has a known length and is read as it is sent. */
export interface StreamPut {
  readonly url: string;
  /** Without Content-Length, which is `length`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body; more than 0. */
  readonly length: number;
  /**
   * Fills `buffer` with the next bytes of the body, all of it but at the end, and resolves to their number. Called once at
   * a time, only as fast as the network takes the bytes; the buffer may be used again once they are sent.
   */
  read(buffer: Uint8Array): Promise<number>;
  /** Told of each piece that the network has taken. */
  sent(bytes: number): void;
  readonly signal: AbortSignal;
}

/** `crc32` is that of zip and gzip, `crc32c` that of storage services; the digests of both are big-endian. */
export type HashAlgorithm = 'md5' | 'crc32c' | 'crc32' | 'sha256';

/** An incremental hash. `digest` may be called once, after the last `update`. */
export interface Hasher {
  update(data: Uint8Array): void | Promise<void>;
  digest(): Uint8Array | Promise<Uint8Array>;
}

/** Inflates one stream, piece by piece, in order. */
export interface Inflater {
  push(packed: Uint8Array): Promise<readonly Uint8Array[]>;
  end(): Promise<readonly Uint8Array[]>;
  close(): void;
}

/** Time and chance: what waits, and by how much pauses differ. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the reason of `signal` as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number from 0 up to, but not including, 1. */
  random(): number;
}

/**
 * What the core may ask of the runtime it runs on. Every member but `name` and `concurrency` is optional: a verb that
 * needs a missing one throws `MissingCapabilityError`, which says what to pass.
 */
export interface Platform {
  /** What messages call this platform. Nothing depends on it: whatever a runtime can do is a member of its own. */
  readonly name: 'node' | 'deno' | 'bun' | 'workers' | 'browser' | 'memory' | (string & {});
  /** How many requests a verb has under way at once unless told otherwise. */
  readonly concurrency: number;
  /**
   * `true` where `redirect: 'manual'` gives an opaque response (browsers): redirects are then left to the platform,
   * which drops Authorization on the way to another origin.
   */
  readonly opaqueRedirects?: boolean;
  /** What every wait goes by; default the timers of the runtime. */
  readonly clock?: Clock;
  /** An environment variable, or `undefined`. Read when needed, never at import. */
  env?(name: string): string | undefined;
  /** What an error says that asks for a credential: how one is given on this platform, as an order ("set ..."). */
  credentialHelp?(): string;
  /** The user's home folder, or `undefined`. */
  home?(): string | undefined;
  readonly fs?: FileSystem;
  readonly state?: StateStore;
  /** A hasher of the platform's own, or `undefined` for the portable one of the core. */
  hasher?(algorithm: HashAlgorithm): Hasher | undefined;
  /**
   * Sends a body of known length with flat memory, where `fetch` cannot or is slow; redirects are not followed. Rejects
   * when no answer comes, or with what `read` throws. Not used when the client was given a `fetch` of its own.
   */
  put?(request: StreamPut): Promise<Response>;
  /** Whether `put` reaches an address, where that is not any: some are reached by `fetch` only (by a proxy). */
  putReaches?(url: string): boolean;
  /** `put` costs less than `fetch` for small bodies, too. */
  readonly putsSmall?: boolean;
  /**
   * What sends requests, where the global `fetch` would send all of them to one host over a single connection (HTTP/2), so
   * that ranges of a file would share its rate. Follows redirects unless the request says `manual`. Not used when the
   * client was given a `fetch` of its own.
   */
  fetch?(request: Request): Promise<Response>;
  /**
   * What sends calls, where that costs less than `fetch`: a text or bytes to an address. Redirects are not followed. Without
   * it calls go by `fetch`, too.
   */
  call?(url: string, init: RequestInit): Promise<Response>;
  /** `fetch` sends a stream with the Content-Length that it is given, instead of chunked. */
  readonly sizedStreams?: boolean;
  /** Bodies of the platform's own `fetch` are faster, and take less memory, when they are read into buffers of ours (BYOB). */
  readonly byobBodies?: boolean;
  /** Raw DEFLATE of a whole entry in one step, off the thread that runs the program, where the platform has that. */
  inflate?(data: Uint8Array, size: number): Promise<Uint8Array>;
  /**
   * Raw DEFLATE, or gzip, of a stream, where that is faster than `DecompressionStream`. `push` resolves to what came of all that was
   * pushed so far, `end` to the rest. Rejects when the bytes are not valid, and `end` when something is missing. `close` in any case.
   */
  inflater?(format: 'deflate-raw' | 'gzip'): Inflater;
  /** Where `verbose` lines go when no logger is given (stderr, the console). */
  log?(line: string): void;
}
