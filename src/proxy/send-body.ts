import { abortable } from '../core/abortable.ts';
import { startDeadline } from '../core/rpc/deadline.ts';
import { requestStorage } from '../core/transfer/storage.ts';
import { canStream, fixedLengthStream } from '../core/transfer/upload/streamed-body.ts';
import type { Exchange } from './exchange.ts';
import { type Incoming, openIncoming } from './incoming.ts';
import { lateBody, slowest } from './read-bytes.ts';
import { Refusal } from './refusal.ts';

/** Where a body is sent. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body. */
  readonly length: number;
}

/** Largest body that is held in memory, in bytes: the largest part that a page sends. */
const mostHeld = 64 * 2 ** 20;

/** The bytes as a stream for `fetch`, read when the network takes them. */
function streamOf(incoming: Incoming): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await incoming.next();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function hold(incoming: Incoming, length: number): Promise<Uint8Array<ArrayBuffer>> {
  if (length > mostHeld) {
    const message = `this proxy cannot stream: its runtime sends bodies of at most ${mostHeld} bytes; send the file in parts`;
    throw new Refusal(413, message, 'content-length');
  }
  const bytes = new Uint8Array(length);
  await abortable(incoming.read(bytes), incoming.signal);
  return bytes;
}

/** Sends a body of known length by `fetch`. */
function fetchWith(
  { client }: Exchange,
  { url, headers, length }: Target,
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<Response> {
  const isStream = body instanceof ReadableStream;
  const init: RequestInit & { duplex?: 'half' } = {
    method: 'PUT',
    headers: { ...headers, ...(isStream && { 'content-length': String(length) }) },
    body: body as ReadableStream<Uint8Array<ArrayBuffer>>,
    redirect: 'manual',
    signal,
    ...(isStream && { duplex: 'half' }),
  };
  return abortable(requestStorage(client, new Request(url, init)), signal);
}

/** On workerd, where the runtime itself passes the bytes on: in JavaScript, they would take most of the CPU time of a Worker. */
async function sendNatively(exchange: Exchange, target: Target): Promise<Response> {
  const { request, limits } = exchange;
  const deadline = startDeadline('body', limits.stall + target.length / slowest, [request.signal]);
  try {
    return await fetchWith(exchange, target, request.body!, deadline.signal);
  } catch (error) {
    request.signal.throwIfAborted();
    throw deadline.signal.aborted ? lateBody() : error;
  } finally {
    deadline.stop();
  }
}

/** Sends the body of the page's request to the storage, as it arrives if the runtime can, and resolves to the response. */
export async function sendBody(exchange: Exchange, target: Target): Promise<Response> {
  const { client, request, limits } = exchange;
  const { url, headers, length } = target;
  const { put, putReaches } = client.transport;
  if (fixedLengthStream()) return sendNatively(exchange, target);
  const incoming = openIncoming(request, length, limits);
  const { read, signal } = incoming;
  try {
    if (put && putReaches?.(url) !== false) {
      const asked = { method: 'PUT', url, signal };
      return await requestStorage(client, asked, () => put({ url, headers, length, read, sent: () => {}, signal }));
    }
    const body = canStream(client.platform) ? streamOf(incoming) : await hold(incoming, length);
    return await fetchWith(exchange, target, body, signal);
  } finally {
    incoming.close();
  }
}
