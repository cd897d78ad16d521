import { plainBody, unsupportedCoding } from '../common/content-coding.ts';
import { headersOf, responseOf, startRequest } from '../common/node-http.ts';
import type { NodeIncoming } from '../common/node-modules.ts';

/** Bytes of a read that brings no buffer of its own, and of what may wait to be read. */
const chunkSize = 1 << 18;

/** Bytes of the answer to a call that nobody has read yet: what a shorter one leaves behind is a free connection. */
const callBuffer = 1 << 16;

/**
 * A byte stream of what comes. It is taken off the connection as it comes: nothing is lost of what arrived before the
 * connection broke.
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

  /** Fills the buffer with what is there, at least a byte; 0 at the end. */
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
    // At once: to shift many small ones off one by one takes quadratic time.
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
 * The answer to a call as a stream: a byte stream, with a buffer for each read, makes a call take nearly twice as long. An
 * error discards what waits in a stream, so it comes when that has been read.
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

/** Sends a request through node:http and resolves to the head of its answer. */
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

/** The answer as that of `fetch`: later requests for the same object go to its address at once. */
function toResponse(url: string, incoming: NodeIncoming, headers: Headers, body: ReadableStream): Response {
  const response = responseOf(incoming, headers, body);
  // One without a body is at its end, and its connection can be used again.
  if (!response.body) incoming.resume();
  return Object.defineProperty(response, 'url', { value: url, configurable: true });
}

/** An answer to a transfer; `undefined` for one that only `fetch` can handle: a redirect, an unusual coding. */
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

/** Where Node 26 keeps the dispatcher of `fetch`, from its first use on. */
const newest = Symbol.for('undici.globalDispatcher.2');

/** What is known to reach an origin. */
const reachedBy = new Map<string, 'node:http' | 'fetch'>();

let http1: object | undefined;

/**
 * `fetch` over HTTP/1.1, also in Node 26: where a stream of HTTP/2 was cut, its undici ends the whole program with an error
 * that nobody can catch, as soon as the connection has been idle for some seconds.
 */
function fetchOverHttp1(input: string | Request, init?: RequestInit): Promise<Response> {
  const usual = (globalThis as { [key: symbol]: object | undefined })[newest];
  if (!usual) return fetch(input, init);
  http1 ??= new (usual.constructor as new (options: object) => object)({ allowH2: false });
  return fetch(input, { ...init, dispatcher: http1 } as RequestInit);
}

/** Whether a request that failed was never sent: the certificate of the other side was refused. */
const isRefused = (error: unknown): boolean => /CERT|LEAF/.test(String((error as { code?: unknown })?.code));

/**
 * Sends by node:http. Where only `fetch` gets an answer from an origin (it knows a certificate authority or a way that
 * node:http does not), its requests are left to `fetch` from then on.
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
 * `fetch` for transfers, where the program's dispatcher is a plain one: each GET has a connection of its own, where the
 * `fetch` of Node 26 sends all of them over one if the server offers HTTP/2.
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

/** What sends calls, where the program's dispatcher is a plain one, for a third of what `fetch` costs. */
export function nodeCall(url: string, init: RequestInit): Promise<Response> {
  return reach(
    url,
    () => sendCall(url, init),
    () => fetchOverHttp1(url, init),
    isRefused,
  );
}
