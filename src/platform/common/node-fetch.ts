import { agentFor, moduleFor } from './node-agents.ts';
import { builtin, type NodeIncoming } from './node-modules.ts';

/** Bytes of a read that brings its own buffer. */
const chunkSize = 1 << 18;

/** A byte stream of what comes. Chunks are copied into the reader's buffer: as much as is there, and at least a byte. */
function bodyOf(incoming: NodeIncoming): ReadableStream<Uint8Array> {
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

/** A GET through node:http; `undefined` for an answer that only `fetch` can handle: a redirect, a compressed body. */
async function getByNode({ url, headers, signal }: Request): Promise<Response | undefined> {
  signal.throwIfAborted();
  const module = moduleFor(url);
  const incoming = await new Promise<NodeIncoming>((resolve, reject) => {
    const request = builtin(module).request(url, {
      method: 'GET',
      headers: { accept: '*/*', ...Object.fromEntries(headers) },
      agent: agentFor(module),
      signal,
    });
    request.on('response', resolve);
    request.on('error', reject);
    request.end();
  });
  const received = new Headers();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    received.append(incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!);
  }
  const status = incoming.statusCode ?? 0;
  const redirected = status >= 300 && status < 400 && received.has('location');
  const plain = /^\s*(identity)?\s*$/i.test(received.get('content-encoding') ?? '');
  if (redirected || !plain || status < 200 || status > 599) {
    incoming.destroy();
    return undefined;
  }
  const bare = status === 204 || status === 205 || status === 304;
  if (bare) incoming.destroy();
  const response = new Response(bare ? null : bodyOf(incoming), { status, headers: received });
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
function fetchOverHttp1(request: Request): Promise<Response> {
  const usual = (globalThis as { [key: symbol]: object | undefined })[newest];
  if (!usual) return fetch(request);
  http1 ??= new (usual.constructor as new (options: object) => object)({ allowH2: false });
  return fetch(request, { dispatcher: http1 } as RequestInit);
}

/**
 * `fetch` where the program's dispatcher is a plain one: each GET of a transfer has a connection of its own, where the `fetch` of Node 26
 * sends all of them over one if the server offers HTTP/2. An origin that only `fetch` can
 * reach (it knows a certificate authority or a proxy that this does not) is left to `fetch` from then on.
 */
export async function nodeFetch(request: Request): Promise<Response> {
  const { origin } = new URL(request.url);
  // Calls follow redirects by themselves, as their token must not go along.
  const isCall = request.method !== 'GET' || request.redirect === 'manual';
  if (isCall || reachedBy.get(origin) === 'fetch') return fetchOverHttp1(request);
  let response: Response | undefined;
  try {
    response = await getByNode(request);
    reachedBy.set(origin, 'node:http');
  } catch (error) {
    if (request.signal.aborted || reachedBy.has(origin)) throw error;
    const answer = await fetchOverHttp1(request);
    reachedBy.set(origin, 'fetch');
    return answer;
  }
  return response ?? fetchOverHttp1(request);
}
