import { plainBody, unsupportedCoding } from '../common/content-coding.ts';
import { headersOf, responseOf, startRequest } from '../common/node-http.ts';
import type { NodeIncoming } from '../common/node-modules.ts';

/** Bytes of a read without a buffer, and maximum bytes that wait to be read. */
const chunkSize = 1 << 18;

/** Bytes of the response to a call that are buffered: a shorter response frees its connection before it is read. */
const callBuffer = 1 << 16;

/**
 * Returns a byte stream of a response. Data is read from the connection as it arrives, so that nothing is lost if the connection
 * breaks.
 */
function bodyOf(incoming: NodeIncoming): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let waiting = 0;
  let ended = false;
  let failure: unknown;
  let wake: (() => void) | undefined;
  incoming.on('data', (chunk) => {
    chunks.push(chunk);
    waiting += chunk.length;
    if (waiting >= chunkSize) incoming.pause();
    wake?.();
  });
  incoming.on('end', () => {
    ended = true;
    wake?.();
  });
  const fail = (error?: unknown) => {
    failure ??= error ?? new Error('the connection was closed');
    wake?.();
  };
  incoming.on('error', fail);
  incoming.on('close', () => fail());

  /** Fills the buffer with the available bytes, at least one; 0 at the end. */
  async function read(buffer: Uint8Array): Promise<number> {
    while (waiting === 0 && !ended) {
      if (failure) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    let filled = 0;
    let read = 0;
    while (waiting > 0 && filled < buffer.length) {
      const chunk = chunks[read]!;
      const piece = chunk.subarray(0, buffer.length - filled);
      buffer.set(piece, filled);
      filled += piece.length;
      waiting -= piece.length;
      if (piece.length === chunk.length) read++;
      else chunks[read] = chunk.subarray(piece.length);
    }
    // In one step, as removing many small chunks one by one takes quadratic time.
    chunks.splice(0, read);
    if (waiting < chunkSize) incoming.resume();
    return filled;
  }

  return new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize: chunkSize,
    async pull(controller) {
      const { byobRequest } = controller;
      const { buffer, byteOffset, byteLength } = byobRequest!.view!;
      const count = await read(new Uint8Array(buffer, byteOffset, byteLength));
      if (count === 0) controller.close();
      byobRequest!.respond(count);
    },
    cancel: () => void incoming.destroy(),
  });
}

/**
 * Returns the response to a call as a stream, not a byte stream, which would make a call take nearly twice as long. An error discards
 * the queue of a stream, so it is raised only when the queue has been read.
 */
function callBodyOf(incoming: NodeIncoming): ReadableStream<Uint8Array<ArrayBuffer>> {
  let open = true;
  let broken = false;
  function finish(end: () => void): void {
    if (open) end();
    open = false;
  }
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        incoming.on('data', (chunk) => {
          if (open) controller.enqueue(new Uint8Array(chunk));
          if (controller.desiredSize! <= 0) incoming.pause();
        });
        incoming.on('end', () => finish(() => controller.close()));
        const fail = () => {
          broken = true;
          failWhenRead(controller);
        };
        for (const event of ['error', 'close'] as const) incoming.on(event, fail);
      },
      pull(controller) {
        if (broken) failWhenRead(controller);
        else incoming.resume();
      },
      cancel: () => finish(() => incoming.destroy()),
    },
    { highWaterMark: callBuffer, size: ({ length }) => length },
  );

  function failWhenRead(controller: ReadableStreamDefaultController): void {
    const isRead = controller.desiredSize === callBuffer;
    if (isRead) finish(() => controller.error(new Error('the connection was closed')));
  }
}

/** Sends a request with node:http and resolves when the headers of the response have arrived. */
function send(
  url: string,
  options: { method: string; headers: Headers; signal?: AbortSignal | null },
  body?: string | Uint8Array,
): Promise<NodeIncoming> {
  const { method, signal } = options;
  signal?.throwIfAborted();
  const headers = { accept: '*/*', ...Object.fromEntries(options.headers) };
  return new Promise((resolve, reject) => {
    const request = startRequest(url, { method, headers, ...(signal && { signal }) });
    request.on('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
}

/** Converts a response to one of `fetch`, with its URL, to which later requests for the same object are sent. */
function toResponse(url: string, incoming: NodeIncoming, headers: Headers, body: ReadableStream): Response {
  const response = responseOf(incoming, headers, body);
  // Without a body, the response must be drained so that its connection can be reused.
  if (!response.body) incoming.resume();
  return Object.defineProperty(response, 'url', { value: url, configurable: true });
}

/** Sends a request of a transfer; `undefined` for a response that only `fetch` can handle: a redirect or an unusual encoding. */
async function sendTransfer({ url, method, headers, redirect, signal }: Request): Promise<Response | undefined> {
  const incoming = await send(url, { method, headers, signal });
  const received = headersOf(incoming);
  const status = incoming.statusCode ?? 0;
  const redirected = redirect !== 'manual' && status >= 300 && status < 400 && received.has('location');
  const body = redirected || status < 200 || status > 599 ? undefined : plainBody(received, () => bodyOf(incoming));
  if (body) return toResponse(url, incoming, received, body);
  incoming.destroy();
  return undefined;
}

async function sendCall(url: string, { method = 'GET', signal, headers: given, body }: RequestInit): Promise<Response> {
  const headers = new Headers(given);
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'gzip');
  const bytes = body instanceof ArrayBuffer ? new Uint8Array(body) : ((body ?? undefined) as string | undefined);
  const incoming = await send(url, { method, headers, signal }, bytes);
  const received = headersOf(incoming);
  const stream = plainBody(received, () => callBodyOf(incoming));
  if (stream) return toResponse(url, incoming, received, stream);
  incoming.destroy();
  throw unsupportedCoding(received);
}

/** Where Node 26 stores the dispatcher of `fetch` after its first use. */
const newest = Symbol.for('undici.globalDispatcher.2');

/** How each origin can be reached. */
const reachedBy = new Map<string, 'node:http' | 'fetch'>();

let http1: object | undefined;

/**
 * `fetch` over HTTP/1.1, also in Node 26: after a truncated HTTP/2 stream, its undici terminates the program with an uncatchable error
 * once the connection has been idle for some seconds.
 */
function fetchOverHttp1(input: string | Request, init?: RequestInit): Promise<Response> {
  const usual = (globalThis as { [key: symbol]: object | undefined })[newest];
  if (!usual) return fetch(input, init);
  http1 ??= new (usual.constructor as new (options: object) => object)({ allowH2: false });
  return fetch(input, { ...init, dispatcher: http1 } as RequestInit);
}

/** Whether a request failed before it was sent, because the certificate of the server was rejected. */
const isRefused = (error: unknown): boolean => /CERT|LEAF/.test(String((error as { code?: unknown })?.code));

/**
 * Sends with node:http. If only `fetch` reaches an origin (because it knows another certificate authority or route), it is used for all
 * further requests to it.
 */
async function reach(
  url: string,
  byHttp: () => Promise<Response | undefined>,
  byFetch: () => Promise<Response>,
  isRepeatable: (error: unknown) => boolean,
): Promise<Response> {
  const { origin } = new URL(url);
  if (reachedBy.get(origin) === 'fetch') return byFetch();
  let response: Response | undefined;
  try {
    response = await byHttp();
    reachedBy.set(origin, 'node:http');
  } catch (error) {
    if (reachedBy.has(origin) || !isRepeatable(error)) throw error;
    response = await byFetch();
    reachedBy.set(origin, 'fetch');
  }
  return response ?? byFetch();
}

/**
 * Replaces `fetch` for transfers if the dispatcher is the default: each GET uses its own connection, whereas the `fetch` of Node 26 sends
 * all of them over one if the server supports HTTP/2.
 */
export function nodeFetch(request: Request): Promise<Response> {
  const byFetch = () => fetchOverHttp1(request);
  if (request.body) return byFetch();
  return reach(
    request.url,
    () => sendTransfer(request),
    byFetch,
    () => !request.signal.aborted,
  );
}

/** Replaces `fetch` for calls if the dispatcher is the default, at a third of the CPU time. */
export function nodeCall(url: string, init: RequestInit): Promise<Response> {
  return reach(
    url,
    () => sendCall(url, init),
    () => fetchOverHttp1(url, init),
    isRefused,
  );
}
