import { type LentBuffer, lendBuffer } from '../../core/bytes/buffers.ts';
import type { StreamPut } from '../../core/platform.ts';
import { headersOf, responseOf, startRequest } from './node-http.ts';
import type { NodeClientRequest, NodeIncoming } from './node-modules.ts';

/** Bytes of one read and one write. */
const chunkSize = 1 << 20;

/** One buffer is filled while the other is sent. */
const buffersOfPut = 2;

/** Bytes of a response that are kept; those of the storage have a few lines. */
const answerSize = 1 << 20;

/** Reads a response. If it is truncated, it still counts, as status and headers arrived. */
function readAnswer(incoming: NodeIncoming): Promise<Response> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  return new Promise((resolve) => {
    // A Blob is slower than a single chunk.
    const finish = () =>
      resolve(responseOf(incoming, headersOf(incoming), chunks.length === 1 ? chunks[0]! : new Blob(chunks)));
    incoming.on('data', (chunk) => {
      chunks.push(new Uint8Array(chunk));
      size += chunk.length;
      if (size < answerSize) return;
      incoming.destroy();
      finish();
    });
    for (const event of ['end', 'error', 'close'] as const) incoming.on(event, finish);
  });
}

/**
 * Sends a PUT request with node:http, as fast as curl on Node, Deno and Bun: one connection, two reused buffers, Content-Length. A
 * response that arrives before the body is sent ends the request. An abort destroys the socket at once.
 */
export async function nodePut(put: StreamPut): Promise<Response> {
  const { signal, length } = put;
  signal.throwIfAborted();
  const buffers: LentBuffer[] = [];
  let request!: NodeClientRequest;
  let settled = false;
  let ended = false;
  let writing = 0;
  let fail!: (error: unknown) => void;
  const answered = new Promise<Response>((resolve, reject) => {
    fail = (error) => {
      reject(error);
      request.destroy();
    };
    const headers = { ...put.headers, 'content-length': String(length) };
    request = startRequest(put.url, { method: 'PUT', headers });
    request.on('error', reject);
    request.on('close', () => reject(new Error('the connection was closed')));
    request.on('response', (incoming) => resolve(readAnswer(incoming)));
  });
  const stop = () => fail(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const over = answered.then(
    () => undefined,
    () => undefined,
  );
  over.then(() => {
    settled = true;
  });

  function write(chunk: Uint8Array): Promise<void> {
    writing += 1;
    return new Promise((resolve, reject) => {
      request.write(chunk, (error) => {
        writing -= 1;
        if (error) return reject(error);
        put.sent(chunk.length);
        resolve();
      });
    });
  }

  async function sendBody(): Promise<void> {
    const writes: (Promise<void> | undefined)[] = [];
    for (let done = 0, turn = 0; done < length && !settled; turn = (turn + 1) % buffersOfPut) {
      if (writes[turn]) await Promise.race([writes[turn], over]);
      if (settled) return;
      buffers[turn] ??= lendBuffer(Math.min(chunkSize, length));
      const { bytes } = buffers[turn]!;
      const count = await put.read(bytes.subarray(0, Math.min(chunkSize, length - done)));
      if (settled) return;
      const written = write(bytes.subarray(0, count));
      // A failed write is reported as an error of the request.
      written.catch(() => undefined);
      writes[turn] = written;
      done += count;
    }
    if (settled) return;
    ended = true;
    request.end();
  }

  try {
    sendBody().catch(fail);
    return await answered;
  } finally {
    signal.removeEventListener('abort', stop);
    // Buffers that the source or the network may still use are not returned to the pool.
    for (const buffer of buffers) buffer.release(ended && writing === 0);
    // After an incomplete body, the connection cannot be reused.
    if (!ended) request.destroy();
  }
}
