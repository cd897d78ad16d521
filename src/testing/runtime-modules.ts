/** Types of the parts of node:http that are used here, so that no type package is needed. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly rawHeaders: string[];
  readonly socket?: { destroySoon?(): void; resetAndDestroy?(): void };
  destroy(): void;
}

export interface NodeResponse {
  writeHead(status: number, headers: string[] | Record<string, string>): void;
  write(data: Uint8Array): boolean;
  end(): void;
  destroy(): void;
  once(event: 'drain' | 'close', listener: () => void): void;
  off(event: 'drain' | 'close', listener: () => void): void;
  flushHeaders(): void;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
}

export interface NodeServer {
  listen(port: number, host: string, ready: () => void): void;
  once(event: 'error', listener: (error: Error) => void): void;
  address(): { port: number };
  close(done: () => void): void;
  closeAllConnections(): void;
  requestTimeout: number;
  headersTimeout: number;
  keepAliveTimeout: number;
}

interface NodeHttp {
  createServer(listener: (request: NodeRequest, response: NodeResponse) => void): NodeServer;
}

/** The part of a worker thread that is used here. */
export interface NodeThread {
  postMessage(message: unknown): void;
  on(event: 'message' | 'error' | 'exit', listener: (value: never) => void): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

interface NodeThreads {
  Worker: new (url: URL, options: { env: Record<string, string>; execArgv: string[] }) => NodeThread;
  parentPort: {
    postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
    on(event: 'message', listener: (value: never) => void): void;
  } | null;
}

/** The part of node:vm that creates a second global scope. */
interface NodeVm {
  createContext(
    global: unknown,
    options: { codeGeneration: { strings: boolean; wasm: boolean } },
  ): Record<PropertyKey, unknown>;
  Script: new (text: string, options: { filename: string }) => { runInContext(context: object): unknown };
  constants: { DONT_CONTEXTIFY: unknown };
}

interface NodeEntry {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

/** The part of node:fs/promises that is used here: for wheels, and for the files of a kernel on this machine. */
export interface NodeFiles {
  readonly constants: { readonly W_OK: number };
  access(path: string | URL, mode?: number): Promise<void>;
  rename(from: string | URL, to: string | URL): Promise<void>;
  readdir(path: string): Promise<string[]>;
  readdir(path: string, options: { withFileTypes: true }): Promise<NodeEntry[]>;
  mkdtemp(prefix: string): Promise<string>;
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  writeFile(path: string | URL, data: string | Uint8Array): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  rm(path: string, options: { recursive: true; force: true }): Promise<void>;
  readFile(path: string | URL): Promise<Uint8Array>;
}

interface NodeOutput {
  on(event: 'data', listener: (chunk: Uint8Array) => void): void;
  destroy(): void;
}

/** A child process. */
export interface NodeChild {
  readonly stdout: NodeOutput;
  readonly stderr: NodeOutput;
  kill(signal: 'SIGINT' | 'SIGKILL'): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'close' | 'exit', listener: (code: number | null, signal: string | null) => void): void;
}

/** The parts of Node that are needed to run a program. */
export interface NodeHost {
  files: NodeFiles;
  tmpdir(): string;
  /** The environment variables that a program needs to start and to find its files. */
  environment(): Record<string, string | undefined>;
  spawn(command: string, args: string[], environment: Record<string, string | undefined>): NodeChild;
}

// The names are variables so that bundlers for other runtimes ignore the imports.
const httpName = 'node:http';
const threadsName = 'node:worker_threads';
const vmName = 'node:vm';
const filesName = 'node:fs/promises';

export const loadHttp = (): Promise<NodeHttp> => import(httpName);
export const loadThreads = (): Promise<NodeThreads> => import(threadsName);
export const loadVm = (): Promise<NodeVm> => import(vmName);
export const loadFiles = (): Promise<NodeFiles> => import(filesName);

const hostNames = ['node:child_process', 'node:os', 'node:process'] as const;

/** Paths, language, and what Windows needs. Any other variable may contain a secret. */
const needed =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TEMP|TMP|VIRTUAL_ENV|CONDA_PREFIX|PYTHONHOME|PYTHONPATH|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|SYSTEMROOT|SYSTEMDRIVE|COMSPEC|PATHEXT|WINDIR|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA)$/i;

export async function loadNode(): Promise<NodeHost> {
  const [programs, os, process, files] = await Promise.all([
    import(hostNames[0]) as Promise<{ spawn(command: string, args: string[], options: object): NodeChild }>,
    import(hostNames[1]) as Promise<{ tmpdir(): string }>,
    import(hostNames[2]) as Promise<{ env: Record<string, string | undefined> }>,
    loadFiles(),
  ]);
  return {
    files,
    tmpdir: os.tmpdir,
    environment: () => Object.fromEntries(Object.entries(process.env).filter(([name]) => needed.test(name))),
    spawn: (command, args, env) => programs.spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }),
  };
}
