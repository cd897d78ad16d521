import { headersOf, responseOf, startRequest } from '../common/node-http.ts';
import type { NodeIncoming } from '../common/node-modules.ts';

/** Bytes of a read that brings no buffer of its own, of a file and of the answer to a call. */
const fileChunk = 1 << 18;
const callChunk = 1 << 14;

/** A byte stream of what comes. Chunks are copied into the reader's buffer: as much as is there, and at least a byte. */
function bodyOf(incoming: NodeIncoming, autoAllocateChunkSize: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = incoming[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);

  async function read(buffer: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < buffer.length && (filled === 0 || rest.length > 0 || incoming.readableLength > 0)) {
      if (rest.length === 0) {
        const { done, value } = await chunks.next();
        if (done) break;
        rest = value;
      }
      const piece = rest.subarray(0, buffer.length - filled);
      buffer.set(piece, filled);
      filled += piece.length;
      rest = rest.subarray(piece.length);
    }
    return filled;
  }

  return new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize,
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

/** A request whose body is there as a whole. */
type PlainRequest = Pick<Request, 'method' | 'headers' | 'redirect'> & {
  body: string | Uint8Array | null;
  signal?: AbortSignal;
};

/**
 * Sends a request through node:http; `undefined` for an answer to a transfer that only `fetch` can handle: a redirect, a
 * compressed body.
 */
async function send(url: string, request: PlainRequest, isCall: boolean): Promise<Response | undefined> {
  const { method, signal } = request;
  signal?.throwIfAborted();
  const accepted = { accept: '*/*', ...(isCall && { 'accept-encoding': 'gzip' }) };
  const headers = { ...accepted, ...Object.fromEntries(request.headers) };
  const incoming = await new Promise<NodeIncoming>((resolve, reject) => {
    const started = startRequest(url, { method, headers, signal });
    started.on('response', resolve);
    started.on('error', reject);
    started.end(request.body);
  });
  const status = incoming.statusCode ?? 0;
  const received = headersOf(incoming);
  const encoding = received.get('content-encoding');
  const redirected = request.redirect !== 'manual' && status >= 300 && status < 400 && received.has('location');
  if (!isCall && (redirected || !/^\s*(identity)?\s*$/i.test(encoding ?? '') || status < 200 || status > 599)) {
    incoming.destroy();
    return undefined;
  }
  const stream = bodyOf(incoming, isCall ? callChunk : fileChunk);
  const unpacked = encoding === 'gzip' ? stream.pipeThrough(new DecompressionStream('gzip')) : stream;
  const response = responseOf(incoming, received, unpacked);
  if (!response.body) incoming.destroy();
  // As that of `fetch`: later requests for the same object go there at once.
  return Object.defineProperty(response, 'url', { value: url });
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

/** Whether a request that failed did not leave: the other side's certificate was refused. */
const isRefused = (error: unknown): boolean => /CERT|LEAF/.test(String((error as { code?: unknown })?.code));

/**
 * `fetch` where the program's dispatcher is a plain one, for a third of its time: by node:http. Each GET of a transfer has a
 * connection of its own, where the `fetch` of Node 26 sends all of them over one if the server offers HTTP/2. Where only
 * `fetch` gets an answer (it knows a certificate authority or a way that this does not), it is left to `fetch` from then on.
 * Calls come as an address and what is sent there.
 */
export async function nodeFetch(input: string | Request, init: RequestInit = {}): Promise<Response> {
  const isCall = typeof input === 'string';
  const url = isCall ? input : input.url;
  const { origin } = new URL(url);
  if (reachedBy.get(origin) === 'fetch' || (!isCall && input.body)) return fetchOverHttp1(input, init);
  const { method = 'GET', headers, redirect = 'follow', signal } = isCall ? init : input;
  const body = init.body instanceof ArrayBuffer ? new Uint8Array(init.body) : ((init.body ?? null) as string | null);
  const request = { method, headers: new Headers(headers), redirect, signal: signal ?? undefined, body };
  let response: Response | undefined;
  try {
    response = await send(url, request, isCall);
    reachedBy.set(origin, 'node:http');
  } catch (error) {
    if (signal?.aborted || reachedBy.has(origin) || !(method === 'GET' || isRefused(error))) throw error;
    const answer = await fetchOverHttp1(input, init);
    reachedBy.set(origin, 'fetch');
    return answer;
  }
  return response ?? fetchOverHttp1(input, init);
}
