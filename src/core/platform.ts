/** A source of bytes for uploads, which can be read more than once. */
export interface ByteSource {
  /** Base name of the file; absent if the source has no name. */
  readonly name?: string;
  /** Size in bytes when the source was opened. */
  readonly size: number;
  /** Modification time, if known. */
  readonly lastModified?: Date;
  /** Returns a new stream of the bytes from `start` (inclusive) to `end` (exclusive). */
  slice(start: number, end: number): ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>;
  /**
   * Reads into `buffer` from byte `position` on, and resolves to the number of bytes read; 0 at the end. Uploads with constant
   * memory use it to reuse buffers. The buffer may be shared memory.
   */
  read?(buffer: Uint8Array, position: number): Promise<number>;
  /** Resolves to a string that differs if the content may have changed: made of size, mtime, inode or etag. */
  identity?(): Promise<string>;
  /**
   * Identifies the source across processes, for example by an absolute path. Without it, another process cannot resume an
   * upload.
   */
  readonly key?: string;
  /** Returns the bytes from `start` to `end` as a Blob, which `fetch` can send without loading it into memory. */
  blob?(start: number, end: number): Blob;
  /** Releases open handles. Called once, after the last read. */
  close?(): Promise<void>;
}

/** A target for bytes. The content is not visible under its final name before `commit`. */
export interface ByteSink {
  /** `true` if writes can come in any order and overlap. `data` can be reused when its `write` resolves. */
  readonly positional?: boolean;
  /** Writes `data` at the byte offset `position`. */
  write(data: Uint8Array, position: number): Promise<void>;
  /** Publishes the content under its final name, atomically where the platform supports it. */
  commit(options?: { lastModified?: Date }): Promise<void>;
  /** Discards the content. Does nothing if there is none. */
  abort(reason?: unknown): Promise<void>;
}

/**
 * A sink that a later process can resume. Until `commit` or `abort`, the bytes are stored beside the final name with a note
 * (JSON) that says which of them are valid. Only one process at a time can use it.
 */
export interface PartialSink extends ByteSink {
  /** Always `true`: writes can come in any order. */
  readonly positional: true;
  /** The note and size in bytes that an earlier process left; `undefined` if there are none. */
  readonly saved: { readonly note: unknown; readonly size: number } | undefined;
  /** Returns a stream of bytes that were written. */
  read(start: number, end: number): ReadableStream<Uint8Array>;
  /** Replaces the note atomically. Call it after the writes that it describes. */
  note(value: unknown): Promise<void>;
  /** Discards the bytes and the note, to restart at byte 0. */
  restart(): Promise<void>;
  /** Closes the sink and keeps bytes and note for a later `partial` of the same path. */
  leave(): Promise<void>;
}

/** One entry of a folder. */
export interface FileEntry {
  /** Path relative to the walked folder, with `/` on every platform. */
  readonly path: string;
  /** `other`: a socket, a device, or a link that a walk does not follow. */
  readonly kind: 'file' | 'directory' | 'other';
  /** The target of a link that a walk does not follow: a directory, or nothing. */
  readonly link?: 'directory' | 'missing';
  /** Size in bytes; 0 for a directory. */
  readonly size: number;
  /** Modification time. */
  readonly lastModified: Date;
}

/**
 * A file system. Paths have the platform's own form (`/` in browsers, Workers and memory). Failures reject with `TransferError`,
 * whose message contains the path.
 */
export interface FileSystem {
  /** Opens a file for reading. Rejects if it is missing, unreadable or a directory. */
  source(path: string): Promise<ByteSource>;
  /** Opens a file for writing, and creates its parent folders. The content appears at `path` on `commit`. */
  sink(path: string): Promise<ByteSink>;
  /**
   * Like `sink`, but a later process can resume it. While another process writes the same path, it resolves to a separate sink
   * without saved bytes.
   */
  partial?(path: string): Promise<PartialSink>;
  /** Resolves to the entry at `path`, following links; to `undefined` if there is none. The `path` of the entry is the argument. */
  stat(path: string): Promise<FileEntry | undefined>;
  /** Iterates over all files below a folder, sorted by path. Follows links to files, not to folders. */
  walk(path: string): AsyncIterable<FileEntry>;
  /** Resolves to the content of a small text file; to `undefined` if it does not exist. */
  readText(path: string): Promise<string | undefined>;
  /** Creates a folder and its parents. Does nothing if it exists. */
  mkdir(path: string): Promise<void>;
  /** Removes a file, or a folder with its content. Does nothing if it does not exist. */
  remove(path: string): Promise<void>;
  /** Joins path segments. */
  join(...parts: string[]): string;
}

/** A target for several files, where it is not a path: a folder handle of a browser, or a bucket. */
export interface FolderSink {
  /** Opens a file below the folder. `path` uses `/`, and is checked not to leave the folder. */
  sink(path: string): Promise<ByteSink>;
}

/**
 * Stores small JSON values by key, so that a transfer can resume in a later process. The values contain URLs of upload sessions,
 * which grant write access to one upload: keep them private. They are useless after a week, as the sessions expire.
 *
 * @example
 * ```ts
 * import { createClient, memoryPlatform, type StateStore } from 'kaggle-ts';
 *
 * const values = new Map<string, string>();
 * const state: StateStore = {
 *   async get(key) {
 *     const text = values.get(key);
 *     return text === undefined ? undefined : JSON.parse(text);
 *   },
 *   async set(key, value) {
 *     values.set(key, JSON.stringify(value));
 *   },
 *   async delete(key) {
 *     values.delete(key);
 *   },
 * };
 * const client = createClient({ platform: { ...memoryPlatform(), state } });
 * ```
 */
export interface StateStore {
  /** Resolves to the value of `key`; to `undefined` if there is none. */
  get(key: string): Promise<unknown>;
  /** Stores `value`, which can be written as JSON. */
  set(key: string, value: unknown): Promise<void>;
  /** Removes the value or the list of `key`. Does nothing if there is none. */
  delete(key: string): Promise<void>;
  /**
   * Locks `key`, across processes if the store is shared. Resolves to a function that releases the lock, or to `undefined` while
   * another owner holds it. The lock of a process that died does not count. Without `claim`, two processes must not run the
   * same upload at the same time.
   */
  claim?(key: string): Promise<(() => Promise<void>) | undefined>;
  /**
   * Appends `value` to the list at `key`, if that is cheaper than one key per value. If the process is killed meanwhile, the value
   * is stored completely or not at all. A key has either a value or a list.
   */
  append?(key: string, value: unknown): Promise<void>;
  /** Resolves to the list at `key`, in the order of `append`. A store has both `append` and `list`, or neither. */
  list?(key: string): Promise<unknown[]>;
}

/** A PUT request whose body has a known length and is read while it is sent. */
export interface StreamPut {
  /** URL of the request, which may be signed: do not log it. */
  readonly url: string;
  /** Headers without Content-Length, which is `length`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Size of the body in bytes; greater than 0. */
  readonly length: number;
  /**
   * Fills `buffer` with the next bytes of the body and resolves to their number, less than the size of the buffer only at the
   * end. Do not call it again before it resolves. The buffer can be reused once its bytes are sent.
   */
  read(buffer: Uint8Array): Promise<number>;
  /** Call it with the number of bytes after each write to the network. */
  sent(bytes: number): void;
  /** Aborts the request. */
  readonly signal: AbortSignal;
}

/** A hash algorithm. `crc32` is used by zip and gzip, `crc32c` by storage services; both digests are big-endian. */
export type HashAlgorithm = 'md5' | 'crc32c' | 'crc32' | 'sha256';

/** An incremental hash. */
export interface Hasher {
  /** Adds bytes. Do not modify `data` before the result resolves. */
  update(data: Uint8Array): void | Promise<void>;
  /** Adds the bytes of a blob, which another thread reads. After a failure, the hash is as before, and `update` can add them. */
  updateBlob?(data: Blob): Promise<void>;
  /** Returns the hash. Call it once, after the last `update`. */
  digest(): Uint8Array | Promise<Uint8Array>;
}

/** Decompresses one stream. */
export interface Inflater {
  /** Adds compressed bytes; resolves to the decompressed bytes so far that were not returned yet. Rejects for invalid data. */
  push(packed: Uint8Array): Promise<readonly Uint8Array[]>;
  /** Resolves to the remaining bytes. Rejects if the compressed data is incomplete. */
  end(): Promise<readonly Uint8Array[]>;
  /** Releases resources. Call it in any case. */
  close(): void;
}

/** Time and randomness of all pauses. Replace it in tests. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the reason of `signal` when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Returns a number from 0 (inclusive) to 1 (exclusive), for the jitter of pauses. */
  random(): number;
}

/**
 * The features of a runtime that the package uses. All members except `name` and `concurrency` are optional: a function that needs
 * a missing one throws `MissingCapabilityError`, whose message says what to pass instead.
 *
 * Each entry of the package has a platform for its runtime. To change parts of it, spread it into a new object.
 *
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { folderState, nodePlatform } from 'kaggle-ts/node';
 *
 * const platform = { ...nodePlatform(), concurrency: 8, state: folderState('/var/lib/my-job') };
 * const client = createClient({ platform });
 * ```
 */
export interface Platform {
  /** Name of the platform in messages. It has no other effect. */
  readonly name: 'node' | 'deno' | 'bun' | 'workers' | 'browser' | 'memory' | (string & {});
  /** Default number of files that a function transfers at the same time. */
  readonly concurrency: number;
  /**
   * `true` if `redirect: 'manual'` returns an opaque response, as in browsers. `fetch` then follows redirects, and must remove
   * Authorization when a redirect leads to another origin.
   */
  readonly opaqueRedirects?: boolean;
  /** Clock of all pauses. @default The timers of the runtime. */
  readonly clock?: Clock;
  /** Returns an environment variable, or `undefined`. Called when a value is needed, never at import. */
  env?(name: string): string | undefined;
  /** Returns how to provide a credential on this platform, as an instruction for errors: `set KAGGLE_API_TOKEN`. */
  credentialHelp?(): string;
  /** Returns the user's home folder, or `undefined`. */
  home?(): string | undefined;
  /** Files by path. */
  readonly fs?: FileSystem;
  /** Where the state of unfinished transfers is stored. Without it, another process cannot resume them. */
  readonly state?: StateStore;
  /** Returns a native hasher, or `undefined` to use the portable implementation. */
  hasher?(algorithm: HashAlgorithm): Hasher | undefined;
  /**
   * Whether checksums may use WebAssembly.
   * @default `true`, but `false` in pages and their workers, where a Content Security Policy may forbid it
   */
  readonly webAssembly?: boolean;
  /**
   * Sends a body of known length with constant memory, where `fetch` cannot or is slow. Does not follow redirects. Rejects if
   * there is no response, or with the error of `read`. Not used if the client has a `fetch` option.
   */
  put?(request: StreamPut): Promise<Response>;
  /** Returns whether `put` can reach a URL; some can be reached only by `fetch`, through a proxy. @default All URLs. */
  putReaches?(url: string): boolean;
  /** `true` if `put` is also cheaper than `fetch` for small bodies. */
  readonly putsSmall?: boolean;
  /**
   * Sends requests in place of the global `fetch`, where that would share one HTTP/2 connection per host between the ranges of a
   * file. Follows redirects unless the request has `redirect: 'manual'`. Not used if the client has a `fetch` option.
   */
  fetch?(request: Request): Promise<Response>;
  /**
   * Sends calls, whose body is a string or bytes, where that is cheaper than `fetch`. Does not follow redirects.
   * @default `fetch`
   */
  call?(url: string, init: RequestInit): Promise<Response>;
  /**
   * `true` if `fetch` sends a stream with the given Content-Length, instead of chunked; `false` to send large files in parts.
   * @default whether the runtime has `FixedLengthStream`, as Workers do
   */
  readonly sizedStreams?: boolean;
  /** `true` if reading response bodies with a BYOB reader is faster and takes less memory. */
  readonly byobBodies?: boolean;
  /** Decompresses a whole entry (raw DEFLATE) of `size` bytes, off the main thread. */
  inflate?(data: Uint8Array, size: number): Promise<Uint8Array>;
  /**
   * Creates a decompressor of a stream, where that is faster than `DecompressionStream`.
   */
  inflater?(format: 'deflate-raw' | 'gzip'): Inflater;
  /** Writes a line of `verbose` or a warning, for example to stderr. */
  log?(line: string): void;
}
