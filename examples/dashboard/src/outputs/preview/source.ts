import type { KaggleClient } from 'kaggle-ts';
import { ValidationError } from 'kaggle-ts/browser';
import { openRemote, type RemoteFile } from 'kaggle-ts/kernels';
import { PreviewError } from './preview-error.ts';

/** What was read of a file so far. */
export interface ReadStats {
  /** Bytes that were transferred. */
  readonly bytes: number;
  /** Requests to the storage. */
  readonly requests: number;
}

/** An open file, of which parts are read on demand. */
export interface FileSource {
  /** Path below the working directory of the run. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly stats: ReadStats;
  /** Reads from `start` (inclusive) to `end` (exclusive), at most to the end of the file. */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): void;
}

/** Bytes per request of a preview; larger reads take one request, too. */
const blockSize = 64 * 1024;

/** Attempts without new data before a read fails: the preview keeps what it has, and offers to retry. */
const retries = 2;

/** Bytes that are kept in memory to be read again, and the largest file that is read from a storage without ranges. */
const cacheSize = 8 * 1024 * 1024;

/** The client, with requests to the storage counted: those that are repeated after a lost connection, too. */
function countingClient(client: KaggleClient, count: (response: Response) => Response): KaggleClient {
  return Object.assign(Object.create(client) as KaggleClient, {
    fetch: async (request: Request) => count(await client.fetch(request)),
  });
}

/** A response whose body reports the bytes that are read. */
function observed(response: Response, onBytes: (bytes: number) => void): Response {
  if (!response.body) return response;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      onBytes(chunk.length);
      controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
}

/**
 * Opens an output file for ranged reads. An expired address is renewed, and lost connections are retried.
 *
 * @param onStats - Called after each change of `stats`.
 */
export async function openSource(
  client: KaggleClient,
  run: string,
  name: string,
  options: { signal: AbortSignal; onStats?: (stats: ReadStats) => void },
): Promise<FileSource> {
  let stats: ReadStats = { bytes: 0, requests: 0 };
  const add = (bytes: number, requests: number) => {
    stats = { bytes: stats.bytes + bytes, requests: stats.requests + requests };
    options.onStats?.(stats);
  };
  const counting = countingClient(client, (response) => {
    add(0, 1);
    return response.ok ? observed(response, (bytes) => add(bytes, 0)) : response;
  });
  const file: RemoteFile = await openRemote(counting, run, name, {
    signal: options.signal,
    blockSize,
    cacheSize,
    retries,
  }).catch((error: unknown) => {
    if (!(error instanceof ValidationError)) throw error;
    throw new PreviewError('File not found', error.message, { cause: error });
  });
  return {
    name,
    size: file.size,
    get stats() {
      return stats;
    },
    read: (start, end) => file.readRange(start, end),
    close: () => void file.close(),
  };
}
