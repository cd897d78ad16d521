/** The part of node:http and node:worker_threads that is used here: no type package for the sake of a few lines. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly rawHeaders: string[];
  readonly socket?: { destroySoon?(): void };
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

/** A worker thread, as far as it is used. */
export interface NodeThread {
  postMessage(message: unknown): void;
  on(event: 'message' | 'error', listener: (value: never) => void): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

interface NodeThreads {
  Worker: new (url: URL) => NodeThread;
  parentPort: {
    postMessage(message: unknown): void;
    on(event: 'message', listener: (value: never) => void): void;
  } | null;
}

/** The part of node:fs/promises that is used: reading a folder of wheels, and a kernel's files on the host. */
export interface NodeFiles {
  readdir(path: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array>;
}

// The names stand apart from the imports so that bundlers for other runtimes leave them alone.
const httpName = 'node:http';
const threadsName = 'node:worker_threads';

const filesName = 'node:fs/promises';

export const loadHttp = (): Promise<NodeHttp> => import(httpName);
export const loadThreads = (): Promise<NodeThreads> => import(threadsName);
export const loadFiles = (): Promise<NodeFiles> => import(filesName);
