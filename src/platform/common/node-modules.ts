/**
 * Types of the members of Node's modules that the platforms of Node, Deno and Bun use. They replace `@types/node`, which would add
 * Node's globals to the types of users.
 */

/** The result of `stat` and `lstat` with `{ bigint: true }`. */
export interface NodeStats {
  readonly size: bigint;
  readonly ino: bigint;
  readonly mtimeNs: bigint;
  readonly mtime: Date;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

export interface NodeFileHandle {
  stat(options: { bigint: true }): Promise<NodeStats>;
  truncate(length: number): Promise<void>;
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  close(): Promise<void>;
}

export interface NodeDirent {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

export interface NodeFs {
  readonly constants: { readonly O_RDWR: number; readonly O_NOFOLLOW?: number };
  open(path: string, flags: string | number, mode?: number): Promise<NodeFileHandle>;
  lstat(path: string, options: { bigint: true }): Promise<NodeStats>;
  stat(path: string, options: { bigint: true }): Promise<NodeStats>;
  readFile(path: string): Promise<Uint8Array>;
  writeFile(path: string, data: string, options: { mode: number; flag: string }): Promise<void>;
  readdir(path: string, options: { withFileTypes: true }): Promise<NodeDirent[]>;
  mkdir(path: string, options: { recursive: true; mode?: number }): Promise<unknown>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { recursive?: boolean; force: boolean }): Promise<void>;
  utimes(path: string, atime: Date, mtime: Date): Promise<void>;
}

/** Synchronous functions of `node:fs`. */
export interface NodeFsSync {
  openSync(path: string, flags: 'r' | 'r+' | 'a', mode?: number): number;
  closeSync(file: number): void;
  readSync(file: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  writeSync(file: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  truncateSync(path: string, length: number): void;
  appendFileSync(path: string, data: string, options: { mode: number }): void;
  writeFileSync(path: string, data: string | Uint8Array, options: { mode: number }): void;
  readFileSync(path: string): Uint8Array;
  readdirSync(path: string): string[];
  statSync(path: string, options: { bigint: true }): NodeStats;
  mkdirSync(path: string, options: { recursive: true; mode: number }): unknown;
  renameSync(from: string, to: string): void;
  rmSync(path: string, options: { recursive?: boolean; force: boolean }): void;
}

export interface NodePath {
  join(...parts: string[]): string;
  resolve(path: string): string;
  dirname(path: string): string;
  basename(path: string): string;
}

export interface NodeHash {
  update(data: Uint8Array | string): NodeHash;
  digest(): Uint8Array;
  digest(encoding: 'hex'): string;
}

export interface NodeCrypto {
  createHash(algorithm: string): NodeHash;
}

/** A stream of `node:zlib`. */
export interface NodeZlibStream {
  write(chunk: Uint8Array, done: () => void): boolean;
  end(): void;
  destroy(): void;
  on(event: 'data', listener: (chunk: Uint8Array) => void): void;
  on(event: 'end', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
}

export interface NodeStreams {
  readonly Duplex: { toWeb(stream: NodeZlibStream): TransformStream<Uint8Array, Uint8Array> };
}

export interface NodeZlib {
  createInflate(): NodeZlibStream;
  createInflateRaw(options: { chunkSize: number }): NodeZlibStream;
  createGunzip(options: { chunkSize: number }): NodeZlibStream;
  inflateRaw(
    data: Uint8Array,
    options: { chunkSize: number; maxOutputLength: number },
    done: (error: Error | null, result: Uint8Array) => void,
  ): void;
  crc32?(data: Uint8Array, previous: number): number;
}

export interface NodeOs {
  homedir(): string;
  hostname(): string;
}

/** An outgoing request of `node:http`. */
export interface NodeClientRequest {
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean;
  end(body?: Uint8Array | string | null): void;
  destroy(error?: Error): void;
  on(event: 'response', listener: (response: NodeIncoming) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'close', listener: () => void): void;
}

/** An incoming response of `node:http`. */
export interface NodeIncoming {
  readonly statusCode?: number;
  readonly rawHeaders: readonly string[];
  destroy(): void;
  pause(): void;
  resume(): void;
  on(event: 'data', listener: (chunk: Uint8Array) => void): void;
  on(event: 'end' | 'error' | 'close', listener: () => void): void;
}

export interface NodeRequestOptions {
  method: string;
  headers: Readonly<Record<string, string>>;
  /** Destroys the request and its response when it aborts. */
  signal?: AbortSignal | undefined;
}

export interface NodeHttp {
  Agent: new (options: { keepAlive: boolean; timeout: number }) => object;
  request(url: string, options: NodeRequestOptions & { agent: object }): NodeClientRequest;
}

interface NodeModules {
  'node:http': NodeHttp;
  'node:https': NodeHttp;
  'node:fs': NodeFsSync;
  'node:fs/promises': NodeFs;
  'node:path': NodePath;
  'node:crypto': NodeCrypto;
  'node:os': NodeOs;
  'node:zlib': NodeZlib;
  'node:stream': NodeStreams;
}

export interface NodeProcess {
  readonly env: Record<string, string | undefined>;
  readonly pid: number;
  /** With signal 0, checks whether the process exists. */
  kill(pid: number, signal: 0): unknown;
  getBuiltinModule?(name: string): unknown;
}

/** The global `process` of Node, Deno and Bun. */
export function nodeProcess(): NodeProcess {
  const found = (globalThis as { process?: NodeProcess }).process;
  if (!found) throw new Error('this platform needs Node, Deno or Bun: there is no global process');
  return found;
}

const loaded = new Map<string, unknown>();

/**
 * Returns a module of Node, loaded at the first use. `getBuiltinModule` instead of `import`, because it is synchronous, does not
 * confuse bundlers, and loads nothing in programs that do not use files.
 */
export function builtin<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  const module = loaded.get(name) ?? nodeProcess().getBuiltinModule?.(name);
  if (!module) throw new Error(`cannot load ${name}; update to Node 22, Deno 2, Bun 1.2 or newer`);
  loaded.set(name, module);
  return module as NodeModules[Name];
}
